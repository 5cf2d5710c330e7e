package io.tallymark.simulator.call;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One call as the simulator saw it and answered it.
 *
 * @param method HTTP method
 * @param path without the query
 * @param params decoded, flat, as in {@code payload[value]}; of a long list the first {@value #MOST_PARAMS}
 * @param idempotencyKey {@code Idempotency-Key}; empty without one
 * @param version {@code Stripe-Version}; empty without one
 * @param status HTTP status of the reply, even where a fault kept it from the client; 0 when there was none
 * @param fault name of the injected {@link Fault}; empty without one
 * @param requestId {@code Request-Id} of the reply
 * @param at by the simulator's clock
 */
public record LoggedRequest(
        String method,
        String path,
        Map<String, String> params,
        String idempotencyKey,
        String version,
        int status,
        String fault,
        String requestId,
        Instant at) {
    static final int MOST_PARAMS = 60;

    public static LoggedRequest of(ApiRequest request, ApiReply reply, Instant at) {
        return new LoggedRequest(
                request.method(),
                request.path(),
                first(request.params().values()),
                request.headers().idempotencyKey(),
                request.headers().version(),
                reply.status(),
                request.fault() == Fault.NONE ? "" : request.fault().name(),
                request.requestId(),
                at);
    }

    private static Map<String, String> first(Map<String, String> params) {
        if (params.size() <= MOST_PARAMS) {
            return params;
        }
        Map<String, String> first = new LinkedHashMap<>();
        params.entrySet().stream().limit(MOST_PARAMS).forEach(param -> first.put(param.getKey(), param.getValue()));
        return Collections.unmodifiableMap(first);
    }
}
