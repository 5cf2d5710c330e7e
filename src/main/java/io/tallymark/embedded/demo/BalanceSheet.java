package io.tallymark.embedded.demo;

import io.tallymark.embedded.traffic.OutcomeCounts;
import io.tallymark.usage.RejectReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The balance sheet of one topic as it stands in {@code intake_hourly}, and whether it holds together.
 *
 * @param rows by partition, then by append hour
 */
public record BalanceSheet(List<Row> rows) {
    public BalanceSheet {
        rows = List.copyOf(rows);
    }

    /** One partition's hour of append time; {@code uncovered} counts what was left out because the job saw its hour in part. */
    public record Row(
            int partition,
            Instant appendHour,
            long firstOffset,
            long nextOffset,
            OutcomeCounts counts,
            long uncovered) {
        private long accounted() {
            return counts.counted()
                    + counts.withdrawn()
                    + counts.duplicates()
                    + counts.conflicts()
                    + counts.voidWaiting()
                    + counts.ignored()
                    + counts.deadLetters()
                    + uncovered;
        }

        private String name() {
            return "partition " + partition + ", hour " + appendHour;
        }
    }

    /** The sums over all rows. */
    public OutcomeCounts counts() {
        Map<RejectReason, Long> reasons = new EnumMap<>(RejectReason.class);
        rows.forEach(
                row -> row.counts().deadLettered().forEach((reason, count) -> reasons.merge(reason, count, Long::sum)));
        return new OutcomeCounts(
                sum(OutcomeCounts::read),
                sum(OutcomeCounts::counted),
                sum(OutcomeCounts::withdrawn),
                sum(OutcomeCounts::duplicates),
                sum(OutcomeCounts::conflicts),
                sum(OutcomeCounts::voidWaiting),
                sum(OutcomeCounts::ignored),
                reasons);
    }

    /**
     * What does not add up: a row whose outcomes are not its reads, a gap between the offsets of two rows, an uncovered hour, or a
     * partition that was not read to its end.
     *
     * @param endOffsets by partition the offset that the next record will get; the topic begins at 0 and holds records only
     */
    public List<String> problems(Map<Integer, Long> endOffsets) {
        List<String> problems = new ArrayList<>();
        Map<Integer, Long> readTo = new TreeMap<>();
        for (Row row : rows) {
            long read = row.counts().read();
            unless(read == row.accounted(), row, "read " + read + ", accounted for " + row.accounted(), problems);
            long expected = readTo.getOrDefault(row.partition(), 0L);
            unless(
                    row.firstOffset() == expected,
                    row,
                    "begins at " + row.firstOffset() + ", not " + expected,
                    problems);
            long offsets = row.nextOffset() - row.firstOffset();
            unless(read == offsets, row, "read " + read + " of " + offsets + " offsets", problems);
            unless(row.uncovered() == 0, row, row.uncovered() + " events not covered", problems);
            readTo.put(row.partition(), row.nextOffset());
        }
        endOffsets.forEach((partition, end) -> {
            long read = readTo.getOrDefault(partition, 0L);
            if (read != end) {
                problems.add("balance sheet: partition " + partition + ": read to " + read + " of " + end);
            }
        });
        return problems;
    }

    private static void unless(boolean holds, Row row, String problem, List<String> problems) {
        if (!holds) {
            problems.add("balance sheet: " + row.name() + ": " + problem);
        }
    }

    private long sum(ToLongFunction<OutcomeCounts> figure) {
        return rows.stream().map(Row::counts).mapToLong(figure).sum();
    }
}
