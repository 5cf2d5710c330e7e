package io.tallymark.webhook;

import com.sun.net.httpserver.HttpServer;
import io.tallymark.database.Database;
import io.tallymark.stripe.WebhookSignature;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The webhook's HTTP server. Threads, waiting requests, bodies and the time to send one are bounded; closing it lets those that are being
 * handled end.
 */
public final class WebhookServer implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int MOST_WAITING = 64;
    private static final Duration READ_WITHIN = Duration.ofSeconds(10);
    /** As long as Stripe waits for an answer. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(20);

    private final HttpServer server;
    private final ThreadPoolExecutor workers;
    private final ScheduledExecutorService timer;

    private WebhookServer(HttpServer server, ThreadPoolExecutor workers, ScheduledExecutorService timer) {
        this.server = server;
        this.workers = workers;
        this.timer = timer;
    }

    /**
     * Starts to listen.
     *
     * @param database with the tables; it stays the caller's, and may be away for a while
     * @param handler what is done with events
     * @param clock by which signatures are too old
     * @throws UserError when there is no signing secret, the port is taken or the address is not one of this machine
     */
    public static WebhookServer start(
            ServeSettings settings, Database database, WebhookHandler handler, InstantSource clock) {
        return start(settings, database, handler, clock, READ_WITHIN);
    }

    /** With another time to send a request in, for tests. */
    static WebhookServer start(
            ServeSettings settings,
            Database database,
            WebhookHandler handler,
            InstantSource clock,
            Duration readWithin) {
        WebhookSignature signature = WebhookSignature.open(settings.secrets(), clock);
        Anomalies anomalies = new Anomalies(System::nanoTime);
        EventTable table = new EventTable(database);
        EventDesk desk = new EventDesk(signature, settings.live(), table, handler, anomalies);
        HttpServer server = bind(settings.address());
        ThreadPoolExecutor workers = workers();
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, daemons("tallymark-webhook-timer"));
        ReadDeadline deadline = new ReadDeadline(workers, timer, readWithin);
        server.setExecutor(deadline);
        server.createContext(
                "/", new WebhookDoor(desk, table, new Pruning(table, System::nanoTime), anomalies, deadline));
        server.start();
        return new WebhookServer(server, workers, timer);
    }

    /** Where Stripe is to deliver to, as seen from this machine. */
    public URI url() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : address.getHostString();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort()
                + WebhookDoor.PATH);
    }

    /** Takes no more requests, waits a bounded time for those that are being handled, and ends. */
    @Override
    public void close() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(LAST_ANSWERS.toSeconds(), TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        timer.shutdownNow();
    }

    private static HttpServer bind(InetSocketAddress address) {
        // The JDK's server writes head and body apart; without this each answer would wait 40 ms for a delayed ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            return HttpServer.create(address, MOST_WAITING);
        } catch (IOException e) {
            throw new UserError(
                    "cannot listen on " + address.getAddress() + " port " + address.getPort() + ": " + e.getMessage(),
                    "stop what listens there, or choose another port or an address of this machine",
                    e);
        }
    }

    private static ThreadPoolExecutor workers() {
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                daemons("tallymark-webhook"));
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }

    private static ThreadFactory daemons(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
