package io.tallymark.simulator.call;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings replies to the client, late, in part or not at all if the call's fault says so. Whatever waits holds no thread. */
public final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final String DEFAULT_VERSION = "2026-09-30.endive";

    private final Faults faults;
    private final ScheduledExecutorService timer;

    public Delivery(Faults faults, ScheduledExecutorService timer) {
        this.faults = faults;
        this.timer = timer;
    }

    /** A step of a delivery; the client may be gone. */
    @FunctionalInterface
    public interface Step {
        void run() throws IOException;
    }

    /** Runs a step after a delay, at once if there is none. */
    public void later(Duration delay, HttpExchange exchange, Step step) {
        if (delay.isZero()) {
            run(exchange, step);
        } else {
            // Run reports what fails; nobody waits for the future.
            ScheduledFuture<?> unused =
                    timer.schedule(() -> run(exchange, step), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    public void deliver(HttpExchange exchange, ApiRequest request, ApiReply reply) throws IOException {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        switch (request.fault()) {
            case TIMEOUT_BEFORE, TIMEOUT_AFTER -> later(faults.hold(), exchange, exchange::close);
            case CONNECTION_DROP -> exchange.close();
            case RESET_MID_BODY -> {
                writeHead(exchange, request, reply, body.length);
                writePart(exchange, body, 0, body.length / 2);
                exchange.close();
            }
            case SLOW_BODY -> {
                writeHead(exchange, request, reply, body.length);
                Duration step = faults.slowBody().dividedBy(Math.max(1, body.length));
                dribble(exchange, body, 0, step.isZero() ? Duration.ofNanos(1) : step);
            }
            default -> writeAll(exchange, request, reply, body);
        }
    }

    private static void writeAll(HttpExchange exchange, ApiRequest request, ApiReply reply, byte[] body)
            throws IOException {
        writeHead(exchange, request, reply, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void writeHead(HttpExchange exchange, ApiRequest request, ApiReply reply, long length)
            throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/json");
        headers.set("Request-Id", request.requestId());
        String version = request.headers().version();
        headers.set("Stripe-Version", version.isEmpty() ? DEFAULT_VERSION : version);
        reply.headers().forEach(headers::set);
        exchange.sendResponseHeaders(reply.status(), length);
    }

    private static void writePart(HttpExchange exchange, byte[] body, int from, int length) throws IOException {
        exchange.getResponseBody().write(body, from, length);
        exchange.getResponseBody().flush();
    }

    private void dribble(HttpExchange exchange, byte[] body, int sent, Duration step) throws IOException {
        if (sent == body.length) {
            exchange.close();
            return;
        }
        writePart(exchange, body, sent, 1);
        later(step, exchange, () -> dribble(exchange, body, sent + 1, step));
    }

    private static void run(HttpExchange exchange, Step step) {
        try {
            step.run();
        } catch (IOException e) {
            LOG.debug("the client of {} is gone", exchange.getRequestURI().getPath(), e);
            exchange.close();
        } catch (RuntimeException e) {
            LOG.error("the reply to {} failed", exchange.getRequestURI().getPath(), e);
            exchange.close();
        }
    }
}
