package io.tallymark.embedded.demo;

import io.tallymark.embedded.traffic.OutcomeCounts;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.usage.Meter;
import io.tallymark.usage.RejectReason;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares the generator's truth with what stands at the far ends: both tables, Stripe, the ledger and the dead-letter topic. */
final class Proof {
    private final List<String> differences = new ArrayList<>();

    /** What the far ends say. */
    record FarEnds(
            Map<Integer, Long> endOffsets,
            BalanceSheet balance,
            long eventsInTotals,
            Map<RejectReason, Long> deadLetters,
            Map<TotalKey, Total> table,
            Map<TotalKey, BigDecimal> stripe,
            BigDecimal unreported,
            long reports) {}

    /** Every difference, in a stable order; empty when all agree. */
    static List<String> differences(Truth truth, FarEnds ends, List<Meter> meters) {
        Proof proof = new Proof();
        proof.compareCounts(truth.counts(), ends);
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
                        TotalKey.of(row.metric(), row.customerId(), row.dimensions(), row.hour()), Total.ofTruth(row)));
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

    /** Figure by figure: what the truth expects, what the balance sheet says, and what other far ends say about the same. */
    private void compareCounts(OutcomeCounts truth, FarEnds ends) {
        OutcomeCounts found = ends.balance().counts();
        long stored =
                ends.endOffsets().values().stream().mapToLong(Long::longValue).sum();
        equal("Kafka", "records", truth.read(), stored);
        equal("balance sheet", "read", truth.read(), found.read());
        equal("balance sheet", "counted", truth.counted(), found.counted());
        equal("balance sheet", "withdrawn", truth.withdrawn(), found.withdrawn());
        equal("balance sheet", "duplicates", truth.duplicates(), found.duplicates());
        equal("balance sheet", "conflicts", truth.conflicts(), found.conflicts());
        equal("balance sheet", "waiting voids", truth.voidWaiting(), found.voidWaiting());
        equal("balance sheet", "ignored", truth.ignored(), found.ignored());
        equal("balance sheet", "dead-lettered", sorted(truth.deadLettered()), sorted(found.deadLettered()));
        equal("dead-letter topic", "letters", sorted(truth.deadLettered()), sorted(ends.deadLetters()));
        equal("table", "events", truth.counted() - truth.withdrawn(), ends.eventsInTotals());
        differences.addAll(ends.balance().problems(ends.endOffsets()));
    }

    private static Map<RejectReason, Long> sorted(Map<RejectReason, Long> reasons) {
        return new TreeMap<>(reasons);
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
