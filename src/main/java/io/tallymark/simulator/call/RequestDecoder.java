package io.tallymark.simulator.call;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads a call from HTTP: bounded, as a form for v1 and as JSON for v2. */
public final class RequestDecoder {
    private static final int MOST_BODY_BYTES = 64 << 10;
    private static final Params NONE = new Params(Map.of());

    private RequestDecoder() {}

    /** All but the parameters. */
    public static ApiRequest head(HttpExchange exchange, String requestId, Faults faults) {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        CallHeaders headers = CallHeaders.of(exchange.getRequestHeaders());
        return new ApiRequest(method, path, NONE, headers, requestId, faults.pick(method, path), new CallEnd());
    }

    public static Params params(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY_BYTES + 1);
        if (body.length > MOST_BODY_BYTES) {
            throw Refusal.tooLarge(MOST_BODY_BYTES);
        }
        if (exchange.getRequestURI().getPath().startsWith("/v2/") && body.length > 0) {
            return JsonDecoder.decode(new String(body, StandardCharsets.UTF_8));
        }
        if (body.length > 0 && !isForm(exchange)) {
            throw Refusal.badRequest("", "", "Invalid request: the body must be application/x-www-form-urlencoded.");
        }
        String query =
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        return FormDecoder.decode(query, new String(body, StandardCharsets.UTF_8));
    }

    private static boolean isForm(HttpExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type"))
                .orElse("")
                .toLowerCase(Locale.ROOT)
                .startsWith("application/x-www-form-urlencoded");
    }
}
