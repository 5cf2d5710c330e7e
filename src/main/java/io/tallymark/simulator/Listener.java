package io.tallymark.simulator;

import com.sun.net.httpserver.HttpServer;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server with its threads: some that work and one that keeps time for replies that wait. */
public final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private static final int THREADS = 64;
    private static final int MOST_WAITING = 1_024;

    private final HttpServer server;
    private final ThreadPoolExecutor threads = threads();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, Listener::daemon);

    private Listener(HttpServer server) {
        this.server = server;
    }

    /**
     * Takes the port, but no call yet.
     *
     * @throws UserError when the port is taken or the address is not one of this machine
     */
    public static Listener bind(InetSocketAddress address) {
        // The JDK's server writes head and body apart; without this each reply would wait 40 ms for the client's
        // delayed ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            return new Listener(HttpServer.create(address, MOST_WAITING));
        } catch (BindException e) {
            throw new UserError(
                    "cannot listen on " + address.getAddress().getHostAddress() + " port " + address.getPort() + ": "
                            + e.getMessage(),
                    "stop what listens there, or choose another port or an address of this machine",
                    e);
        } catch (IOException e) {
            throw new UserError("cannot listen on " + address + ": " + e.getMessage(), "choose another port", e);
        }
    }

    public ScheduledExecutorService timer() {
        return timer;
    }

    /** Repeats something until the listener is closed; what fails is reported, and tried again. */
    void every(Duration period, Runnable work) {
        // Nobody waits for the future.
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(
                () -> reporting(work), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void reporting(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("the timer's work failed", e);
        }
    }

    public void serve(Door door) {
        server.setExecutor(threads);
        server.createContext("/", door);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        timer.shutdownNow();
    }

    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), Listener::daemon);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "stripe-simulator");
        thread.setDaemon(true);
        return thread;
    }
}
