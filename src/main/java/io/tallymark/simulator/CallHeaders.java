package io.tallymark.simulator;

import com.sun.net.httpserver.Headers;
import java.util.Optional;

/**
 * The headers of a call that the simulator looks at; each is empty when it is absent.
 *
 * @param authorization {@code Authorization}
 * @param idempotencyKey {@code Idempotency-Key}
 * @param version {@code Stripe-Version}
 */
record CallHeaders(String authorization, String idempotencyKey, String version) {
    static CallHeaders of(Headers headers) {
        return new CallHeaders(
                first(headers, "Authorization"), first(headers, "Idempotency-Key"), first(headers, "Stripe-Version"));
    }

    /** The token after {@code Bearer}; empty without one. */
    String bearer() {
        String[] words = authorization.strip().split(" +", 2);
        return words.length == 2 && words[0].equalsIgnoreCase("Bearer") ? words[1] : "";
    }

    private static String first(Headers headers, String name) {
        return Optional.ofNullable(headers.getFirst(name)).orElse("");
    }
}
