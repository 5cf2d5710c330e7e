package io.tallymark.simulator.call;

import com.sun.net.httpserver.Headers;
import java.util.Optional;

/**
 * The headers of a call that the simulator looks at; each is empty when it is absent.
 *
 * @param authorization {@code Authorization}
 * @param idempotencyKey {@code Idempotency-Key}
 * @param version {@code Stripe-Version}
 */
public record CallHeaders(String authorization, String idempotencyKey, String version) {
    private static final String LAST_WITH_USAGE_RECORDS = "2025-02-24";

    static CallHeaders of(Headers headers) {
        return new CallHeaders(
                first(headers, "Authorization"), first(headers, "Idempotency-Key"), first(headers, "Stripe-Version"));
    }

    /** The token after {@code Bearer}; empty without one. */
    public String bearer() {
        String[] words = authorization.strip().split(" +", 2);
        return words.length == 2 && words[0].equalsIgnoreCase("Bearer") ? words[1] : "";
    }

    /** Whether the call's API version is one of those that still had usage records and metered prices without a meter. */
    public boolean hasUsageRecords() {
        return version.matches("\\d{4}-\\d\\d-\\d\\d.*")
                && version.substring(0, LAST_WITH_USAGE_RECORDS.length()).compareTo(LAST_WITH_USAGE_RECORDS) <= 0;
    }

    private static String first(Headers headers, String name) {
        return Optional.ofNullable(headers.getFirst(name)).orElse("");
    }
}
