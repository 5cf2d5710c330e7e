package io.tallymark.simulator;

import java.time.Instant;
import java.util.Map;

/**
 * One call as the simulator saw it and answered it.
 *
 * @param method HTTP method
 * @param path without the query
 * @param params decoded, flat, as in {@code payload[value]}
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
    static LoggedRequest of(ApiRequest request, ApiReply reply, Instant at) {
        return new LoggedRequest(
                request.method(),
                request.path(),
                request.params().values(),
                request.headers().idempotencyKey(),
                request.headers().version(),
                reply.status(),
                request.fault() == Fault.NONE ? "" : request.fault().name(),
                request.requestId(),
                at);
    }
}
