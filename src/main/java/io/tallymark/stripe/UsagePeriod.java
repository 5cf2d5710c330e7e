package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A usage record summary: what a subscription item holds for one billing period.
 *
 * @param id for paging
 * @param start first instant; {@link Instant#MIN} when open
 * @param end first instant after it; {@link Instant#MAX} when open
 * @param totalUsage by the price's {@code aggregate_usage}
 */
record UsagePeriod(String id, Instant start, Instant end, BigDecimal totalUsage) {

    /** Empty when it is none. */
    static Optional<UsagePeriod> fromJson(JsonNode json) {
        JsonNode usage = json.path("total_usage");
        JsonNode period = json.path("period");
        if (!usage.isNumber() || !json.path("id").isTextual() || !period.isObject()) {
            return Optional.empty();
        }
        return Optional.of(new UsagePeriod(
                json.path("id").asText(),
                bound(period.path("start"), Instant.MIN),
                bound(period.path("end"), Instant.MAX),
                usage.decimalValue()));
    }

    /**
     * The one that an instant lies in. The current period may be open on both sides and then contains everything, so the one that begins
     * last wins.
     */
    static Optional<UsagePeriod> containing(List<UsagePeriod> periods, Instant instant) {
        return periods.stream()
                .filter(period -> !instant.isBefore(period.start) && instant.isBefore(period.end))
                .max(Comparator.comparing(UsagePeriod::start));
    }

    /** Stripe writes null, and has written 0, for a side that is open. */
    private static Instant bound(JsonNode seconds, Instant open) {
        long value = seconds.asLong(0);
        return value == 0 ? open : Instant.ofEpochSecond(value);
    }
}
