package io.tallymark.simulator;

import com.sun.net.httpserver.HttpServer;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A running simulator: an HTTP server on this machine that answers as Stripe does and keeps what it was told until it is closed. It
 * takes any test key and needs no account. Thread safe.
 */
public final class StripeSimulator implements AutoCloseable {
    /** The port of a long-running simulator, the same as stripe-mock's. */
    public static final int DEFAULT_PORT = 12_111;

    private static final int THREADS = 32;
    private static final int MOST_WAITING = 1_024;

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final RequestLog requests;
    private final ErrorEvents errors;

    private StripeSimulator(HttpServer server, ThreadPoolExecutor threads, RequestLog requests, ErrorEvents errors) {
        this.server = server;
        this.threads = threads;
        this.requests = requests;
        this.errors = errors;
    }

    /**
     * Starts a simulator without state.
     *
     * @param port 0 for any free one
     * @param clock by which identifiers are forgotten and timestamps are judged; it may be moved while the simulator runs
     * @throws UserError when the port is taken
     */
    public static StripeSimulator start(int port, InstantSource clock) {
        return start(port, clock, UnaryOperator.identity());
    }

    /**
     * As {@link #start(int, InstantSource)}, on another address than this machine's own: for containers.
     *
     * @throws UserError when the port is taken or the address is not one of this machine
     */
    public static StripeSimulator start(InetAddress host, int port, InstantSource clock) {
        return start(new InetSocketAddress(host, port), clock, UnaryOperator.identity());
    }

    /** With a layer around the endpoints, behind authentication: the place for scripted faults. */
    static StripeSimulator start(int port, InstantSource clock, UnaryOperator<Handler> layer) {
        return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), clock, layer);
    }

    private static StripeSimulator start(InetSocketAddress address, InstantSource clock, UnaryOperator<Handler> layer) {
        RequestLog requests = new RequestLog();
        ErrorEvents errors = new ErrorEvents();
        Handler handler = new Authentication(layer.apply(endpoints(clock, errors)));
        HttpServer server = bind(address);
        ThreadPoolExecutor threads = threads();
        server.setExecutor(threads);
        server.createContext("/", new Door(handler, clock, requests));
        server.start();
        return new StripeSimulator(server, threads, requests, errors);
    }

    /** What a client takes for Stripe's address. */
    public URI apiBase() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The newest calls, oldest first; bounded. */
    public List<LoggedRequest> requests() {
        return requests.kept();
    }

    /** All calls since the start. */
    public long requestCount() {
        return requests.count();
    }

    /** Events that were answered with 200 and dropped, oldest first; bounded. */
    public List<ErrorEvent> errorEvents() {
        return errors.kept();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static Handler endpoints(InstantSource clock, ErrorEvents errors) {
        Meters meters = new Meters(clock);
        Customers customers = new Customers(clock);
        UsageLedger usage = new UsageLedger();
        Routes routes = new Routes();
        meters.addTo(routes);
        customers.addTo(routes);
        new MeterEvents(clock, meters, customers, usage, errors).addTo(routes);
        new Summaries(meters, usage).addTo(routes);
        return routes;
    }

    private static HttpServer bind(InetSocketAddress address) {
        // The JDK's server writes head and body apart; without this each reply would wait 40 ms for the client's
        // delayed ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            return HttpServer.create(address, MOST_WAITING);
        } catch (BindException e) {
            throw new UserError(
                    "port " + address.getPort() + " is taken", "stop what listens on it, or choose another port", e);
        } catch (IOException e) {
            throw new UserError("cannot listen on " + address + ": " + e.getMessage(), "choose another port", e);
        }
    }

    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                StripeSimulator::daemon);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "stripe-simulator");
        thread.setDaemon(true);
        return thread;
    }
}
