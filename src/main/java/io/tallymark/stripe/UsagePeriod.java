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

    /** Those that a span of time touches. One that is open at its beginning begins where those before it have ended. */
    static List<UsagePeriod> touching(List<UsagePeriod> periods, Instant from, Instant to) {
        return periods.stream()
                .map(period -> period.start.equals(Instant.MIN) ? period.after(periods) : period)
                .filter(period -> period.start.isBefore(to) && period.end.isAfter(from))
                .toList();
    }

    /** Whether nothing of it lies outside a span of time, as far as its bounds are known. */
    boolean isWithin(Instant from, Instant to) {
        return (start.equals(Instant.MIN) || !start.isBefore(from)) && (end.equals(Instant.MAX) || !end.isAfter(to));
    }

    private UsagePeriod after(List<UsagePeriod> others) {
        Instant begin = others.stream()
                .map(UsagePeriod::end)
                .filter(other -> other.isBefore(end))
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
        return new UsagePeriod(id, begin, end, totalUsage);
    }

    /** Stripe writes null, and has written 0, for a side that is open. */
    private static Instant bound(JsonNode seconds, Instant open) {
        long value = seconds.asLong(0);
        return value == 0 ? open : Instant.ofEpochSecond(value);
    }
}
