package io.tallymark.embedded.demo;

import io.tallymark.embedded.traffic.Truth;
import io.tallymark.usage.Meter;
import io.tallymark.usage.RejectReason;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares the generator's truth with what stands at the far ends: the table, Stripe, the ledger and the dead-letter topic. */
final class Proof {
    private final List<String> differences = new ArrayList<>();

    /** What the far ends say. */
    record FarEnds(
            long read,
            long counted,
            Map<RejectReason, Long> deadLetters,
            Map<TotalKey, Total> table,
            Map<TotalKey, BigDecimal> stripe,
            BigDecimal unreported,
            long reports) {
        long deadLettered() {
            return deadLetters.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Every difference, in a stable order; empty when all agree. */
    static List<String> differences(Truth truth, FarEnds ends, List<Meter> meters) {
        Proof proof = new Proof();
        proof.compareCounts(truth, ends);
        Map<TotalKey, Total> expected = expected(truth);
        proof.compare("table", expected, ends.table());
        proof.compare("Stripe", reported(expected, meters), ends.stripe());
        proof.equal("ledger", "balance of unreported", BigDecimal.ZERO, ends.unreported());
        return proof.differences;
    }

    private static Map<TotalKey, Total> expected(Truth truth) {
        Map<TotalKey, Total> expected = new TreeMap<>();
        truth.rows()
                .forEach(row -> expected.put(
                        TotalKey.of(row.metric(), row.customerId(), row.dimensions(), row.hour()),
                        Total.ofTruth(row.quantity(), row.eventCount(), row.digest())));
        return expected;
    }

    private static Map<TotalKey, BigDecimal> reported(Map<TotalKey, Total> totals, List<Meter> meters) {
        Set<String> reportedMetrics = meters.stream()
                .filter(meter -> meter.stripe().isPresent())
                .map(Meter::metric)
                .collect(Collectors.toSet());
        Map<TotalKey, BigDecimal> sums = new TreeMap<>();
        totals.forEach((key, total) -> {
            if (reportedMetrics.contains(key.metric())) {
                sums.merge(key.reported(), total.quantity(), BigDecimal::add);
            }
        });
        sums.values().removeIf(sum -> sum.signum() == 0);
        sums.replaceAll((key, sum) -> sum.stripTrailingZeros());
        return sums;
    }

    private void compareCounts(Truth truth, FarEnds ends) {
        equal("Kafka", "records", truth.counts().read(), ends.read());
        equal("table", "counted events", truth.counts().counted(), ends.counted());
        Map<RejectReason, Long> expected = new EnumMap<>(RejectReason.class);
        expected.putAll(truth.counts().deadLettered());
        equal("dead letters", "by reason", expected, ends.deadLetters());
        long accounted = ends.counted()
                + ends.deadLettered()
                + truth.counts().duplicates()
                + truth.counts().ignored();
        equal("balance", "read = counted + duplicates + dead letters + ignored", ends.read(), accounted);
    }

    private <T> void compare(String where, Map<TotalKey, T> expected, Map<TotalKey, T> found) {
        Set<TotalKey> keys = new TreeSet<>(expected.keySet());
        keys.addAll(found.keySet());
        for (TotalKey key : keys) {
            equal(where, key.toString(), expected.get(key), found.get(key));
        }
    }

    private void equal(String where, String what, @Nullable Object expected, @Nullable Object found) {
        if (!Objects.equals(expected, found)) {
            differences.add(where + ": " + what + ": truth " + orNothing(expected) + ", found " + orNothing(found));
        }
    }

    private static String orNothing(@Nullable Object value) {
        return value == null ? "nothing" : value.toString();
    }
}
