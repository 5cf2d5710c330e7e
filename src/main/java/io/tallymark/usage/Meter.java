package io.tallymark.usage;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One meter of {@code tallymark.yaml}: which events it counts, how, and where the total goes.
 *
 * @param metric name in the table and ledger
 * @param eventType CloudEvents {@code type} it listens to
 * @param aggregation how quantities become the hour's total
 * @param valuePath path of the quantity, such as {@code data.tokens}; empty for a counting meter
 * @param dimensionPaths paths of the group-by values, each named in the table by its last segment
 * @param where path to required value, all must match; compared as text
 * @param negativeAllowed whether a negative quantity is counted; otherwise it is a dead letter
 * @param effectiveFromMillis events before this event time, ms since the epoch, do not count; {@link #ALWAYS} for no such bound
 * @param stripeReport how the total is reported; absent: the meter stays in the table
 */
public record Meter(
        String metric,
        String eventType,
        Aggregation aggregation,
        String valuePath,
        List<String> dimensionPaths,
        Map<String, String> where,
        boolean negativeAllowed,
        long effectiveFromMillis,
        @Nullable StripeReport stripeReport)
        implements Serializable {
    public static final long ALWAYS = Long.MIN_VALUE;

    public Meter {
        dimensionPaths = List.copyOf(dimensionPaths);
        where = Map.copyOf(where);
    }

    public Optional<StripeReport> stripe() {
        return Optional.ofNullable(stripeReport);
    }

    /** The meter's Stripe side: the event name of the Stripe meter and what is sent to it. */
    public record StripeReport(String eventName, ReportMode mode) implements Serializable {}
}
