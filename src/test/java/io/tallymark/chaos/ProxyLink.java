package io.tallymark.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.function.Consumer;

/** One connection through a {@link LoopbackProxy}, pumped in both directions. While it is held, nothing is handed on, no end neither. */
final class ProxyLink {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Socket client;
    private final Socket server;
    private final Consumer<ProxyLink> ended;
    private volatile int holdAtBytes = Integer.MAX_VALUE;
    private boolean held;

    ProxyLink(Socket client, Socket server, Consumer<ProxyLink> ended) {
        this.client = client;
        this.server = server;
        this.ended = ended;
    }

    void start() throws IOException {
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        pump(client, server, true);
        pump(server, client, false);
    }

    synchronized void hold() {
        held = true;
    }

    synchronized boolean isHeld() {
        return held;
    }

    synchronized void release() {
        held = false;
        holdAtBytes = Integer.MAX_VALUE;
        notifyAll();
    }

    /** Holds as soon as the client sends so many bytes at once. */
    void holdAt(int bytes) {
        holdAtBytes = bytes;
    }

    void reset() {
        reset(client);
        reset(server);
        release();
    }

    /** Ends a connection as a lost route does: what was not read is gone. */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
        close(socket);
    }

    private void pump(Socket from, Socket to, boolean sent) {
        Thread thread = new Thread(() -> copy(from, to, sent), "proxy-link");
        thread.setDaemon(true);
        thread.start();
    }

    private void copy(Socket from, Socket to, boolean sent) {
        try {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
                if (sent && read >= holdAtBytes) {
                    hold();
                }
                awaitRelease();
                output.write(buffer, 0, read);
            }
            awaitRelease();
        } catch (IOException e) {
            // One end is gone: so is the other, below.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(from);
            close(to);
            ended.accept(this);
        }
    }

    private synchronized void awaitRelease() throws InterruptedException {
        while (held) {
            wait();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to close.
        }
    }
}
