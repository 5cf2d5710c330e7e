package io.tallymark.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between HTTP and the handlers: decodes a call, answers it with the headers that every reply has, and writes it to the log. */
final class Door implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final int MOST_BODY_BYTES = 64 << 10;
    private static final String DEFAULT_VERSION = "2026-09-30.endive";
    private static final ObjectWriter JSON = JsonMapper.builder()
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build()
            .writer();

    private final Handler handler;
    private final InstantSource clock;
    private final RequestLog log;
    private final Ids requestIds = new Ids("req_");

    Door(Handler handler, InstantSource clock, RequestLog log) {
        this.handler = handler;
        this.clock = clock;
        this.log = log;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String requestId = requestIds.next();
        try (exchange) {
            Params params = new Params(Map.of());
            ApiReply reply;
            try {
                params = decode(exchange);
                reply = handler.handle(toRequest(exchange, params, requestId));
            } catch (Refusal refusal) {
                reply = refusal.toReply();
            } catch (RuntimeException e) {
                LOG.error(
                        "{} {} failed",
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().getPath(),
                        e);
                reply = Refusal.brokenSimulator().toReply();
            }
            // Logged before it is written: who has the reply in hand finds it in the log.
            log.add(logged(exchange, params, reply, requestId));
            write(exchange, reply, requestId);
        }
    }

    private static Params decode(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY_BYTES + 1);
        if (body.length > MOST_BODY_BYTES) {
            throw Refusal.tooLarge(MOST_BODY_BYTES);
        }
        if (body.length > 0 && !isForm(exchange)) {
            throw Refusal.badRequest("", "", "Invalid request: the body must be application/x-www-form-urlencoded.");
        }
        String query =
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        return FormDecoder.decode(query, new String(body, StandardCharsets.UTF_8));
    }

    private static boolean isForm(HttpExchange exchange) {
        return header(exchange, "Content-Type")
                .toLowerCase(Locale.ROOT)
                .startsWith("application/x-www-form-urlencoded");
    }

    private static ApiRequest toRequest(HttpExchange exchange, Params params, String requestId) {
        return new ApiRequest(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                params,
                header(exchange, "Authorization"),
                requestId);
    }

    private LoggedRequest logged(HttpExchange exchange, Params params, ApiReply reply, String requestId) {
        return new LoggedRequest(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                params.values(),
                reply.status(),
                requestId,
                clock.instant());
    }

    private static void write(HttpExchange exchange, ApiReply reply, String requestId) throws IOException {
        byte[] body = JSON.writeValueAsBytes(reply.body());
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/json");
        headers.set("Request-Id", requestId);
        String version = header(exchange, "Stripe-Version");
        headers.set("Stripe-Version", version.isEmpty() ? DEFAULT_VERSION : version);
        reply.headers().forEach(headers::set);
        exchange.sendResponseHeaders(reply.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    private static String header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
    }
}
