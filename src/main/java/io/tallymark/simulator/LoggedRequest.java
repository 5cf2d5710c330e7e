package io.tallymark.simulator;

import java.time.Instant;
import java.util.Map;

/**
 * One call as the simulator saw it and answered it.
 *
 * @param method HTTP method
 * @param path without the query
 * @param params decoded, flat, as in {@code payload[value]}
 * @param status HTTP status of the reply
 * @param requestId {@code Request-Id} of the reply
 * @param at by the simulator's clock
 */
public record LoggedRequest(
        String method, String path, Map<String, String> params, int status, String requestId, Instant at) {}
