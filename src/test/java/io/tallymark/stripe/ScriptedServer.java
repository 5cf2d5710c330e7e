package io.tallymark.stripe;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server made of bytes: does to each call the next thing in its script, such as nothing, half a reply or a reset. */
final class ScriptedServer implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private final ServerSocket listening;
    private final Thread accepting;
    private final Queue<Step> script = new ConcurrentLinkedQueue<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch hungUp = new CountDownLatch(1);

    /** What happens after a call was read; the connection is closed unless it returns true. */
    interface Step {
        boolean play(Socket socket, ScriptedServer server) throws IOException, InterruptedException;
    }

    ScriptedServer() throws IOException {
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        accepting = start(this::accept);
    }

    ScriptedServer then(Step step) {
        script.add(step);
        return this;
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** The calls that arrived whole: head and body. */
    List<String> calls() {
        return List.copyOf(calls);
    }

    /** Counts down once a client closes a connection that a step holds open. */
    CountDownLatch hungUp() {
        return hungUp;
    }

    static Step reply(int status, String headers, String body) {
        return (socket, server) -> {
            write(socket, head(status, headers, body.getBytes(StandardCharsets.UTF_8).length) + body);
            return true;
        };
    }

    static Step closeWithoutReply() {
        return (socket, server) -> false;
    }

    static Step reset() {
        return (socket, server) -> {
            socket.setSoLinger(true, 0);
            return false;
        };
    }

    static Step silence() {
        return (socket, server) -> server.hold(socket);
    }

    /** Announces a longer body than it sends, and keeps the connection. */
    static Step stallInBody(int status) {
        return (socket, server) -> {
            write(socket, head(status, "", 1_000) + "{\"object\":");
            return server.hold(socket);
        };
    }

    static Step cutBody(int status) {
        return (socket, server) -> {
            write(socket, head(status, "", 1_000) + "{\"object\":");
            return false;
        };
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listening.close();
        // The port is free only when nobody waits on it any more; until then a call may still be taken and dropped.
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean hold(Socket socket) throws IOException, InterruptedException {
        start(() -> {
            try {
                if (socket.getInputStream().read() < 0) {
                    hungUp.countDown();
                }
            } catch (IOException e) {
                hungUp.countDown();
            }
        });
        closed.await();
        return false;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean keep = true;
            while (keep) {
                String call = readCall(in);
                if (call.isEmpty()) {
                    return;
                }
                calls.add(call);
                Step step = script.poll();
                keep = step != null && step.play(socket, this);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String readCall(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        Matcher length = LENGTH.matcher(head);
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        return head + new String(body, StandardCharsets.UTF_8);
    }

    private static String head(int status, String headers, int length) {
        String extra = headers.isEmpty() ? "" : headers.strip().replace("\n", "\r\n") + "\r\n";
        return "HTTP/1.1 " + status + " Scripted\r\nContent-Type: application/json\r\n" + extra + "Content-Length: "
                + length + "\r\n\r\n";
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work, "scripted-server");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
