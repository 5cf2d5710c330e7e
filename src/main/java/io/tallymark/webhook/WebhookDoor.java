package io.tallymark.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tallymark.webhook.Anomalies.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Optional;

/** Between HTTP and the desk: finds out what a request is, and reads no more of its body than an event may have. */
final class WebhookDoor implements HttpHandler {
    static final String PATH = "/stripe/webhook";
    static final String HEALTH_PATH = "/health";
    static final int MOST_BODY_BYTES = 1 << 20;

    private static final String SIGNATURE = "Stripe-Signature";

    private final EventDesk desk;
    private final EventTable table;
    private final Pruning pruning;
    private final Anomalies anomalies;
    private final ReadDeadline deadline;

    WebhookDoor(EventDesk desk, EventTable table, Pruning pruning, Anomalies anomalies, ReadDeadline deadline) {
        this.desk = desk;
        this.table = table;
        this.pruning = pruning;
        this.anomalies = anomalies;
        this.deadline = deadline;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestURI().getPath()) {
                case PATH -> {
                    only("POST", exchange, this::deliver);
                    deadline.read();
                    pruning.pruneNowAndThen();
                }
                case HEALTH_PATH -> only("GET", exchange, this::health);
                default -> send(exchange, HttpAnswer.of(404, "there is nothing here"));
            }
        }
    }

    /** Answers a request whose method is right. */
    @FunctionalInterface
    private interface Endpoint {
        HttpAnswer answer(HttpExchange exchange) throws IOException;
    }

    private static void only(String method, HttpExchange exchange, Endpoint endpoint) throws IOException {
        if (exchange.getRequestMethod().equals(method)) {
            send(exchange, endpoint.answer(exchange));
            return;
        }
        exchange.getResponseHeaders().set("Allow", method);
        send(exchange, HttpAnswer.of(405, "only " + method + " is allowed"));
    }

    private HttpAnswer deliver(HttpExchange exchange) throws IOException {
        Optional<byte[]> body = body(exchange);
        if (body.isEmpty()) {
            anomalies.log(
                    Kind.TOO_LARGE, "a delivery was refused: its body has more than " + MOST_BODY_BYTES + " bytes");
            return HttpAnswer.of(413, "the body has more than " + MOST_BODY_BYTES + " bytes");
        }
        deadline.read();
        String signature = Optional.ofNullable(exchange.getRequestHeaders().getFirst(SIGNATURE))
                .orElse("");
        return desk.take(body.get(), signature);
    }

    private HttpAnswer health(HttpExchange exchange) {
        deadline.read();
        try {
            HttpAnswer ok = HttpAnswer.of(200, "ok");
            table.newest()
                    .ifPresent(newest -> ok.body()
                            .putObject("newest_event")
                            .put("type", newest.type())
                            .put("received_at", newest.receivedAt().toString()));
            return ok;
        } catch (SQLException e) {
            anomalies.log(Kind.DATABASE, "the database failed: " + e.getMessage());
            return HttpAnswer.of(503, "the database is away");
        }
    }

    /** Empty when there is more of it than an event may have; the rest is not read then. */
    private static Optional<byte[]> body(HttpExchange exchange) throws IOException {
        // Refused by what it says of itself, if it does; a chunked one only says so by being it.
        String length = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Length"))
                .orElse("0");
        if (length.length() > 9 || Long.parseLong(length) > MOST_BODY_BYTES) {
            return Optional.empty();
        }
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY_BYTES + 1);
        return body.length > MOST_BODY_BYTES ? Optional.empty() : Optional.of(body);
    }

    private static void send(HttpExchange exchange, HttpAnswer answer) throws IOException {
        byte[] body = text(answer.body()).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        // Stripe has its answer before anything else is done.
        exchange.close();
    }

    private static String text(ObjectNode json) {
        return json + "\n";
    }
}
