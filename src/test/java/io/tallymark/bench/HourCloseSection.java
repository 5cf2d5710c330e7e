package io.tallymark.bench;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The report on closing an hour, in Markdown.
 *
 * @param command what measures it again
 * @param rows of the hour
 * @param seconds each path's runs
 * @param machine on what
 * @param measured when it ended
 */
record HourCloseSection(
        String command, int rows, Map<WritePath, List<Double>> seconds, Machine machine, Instant measured) {
    static final String NAME = "Hour close";

    String text() {
        return "## " + NAME + "\n\n`" + command + "`\n\n" + conditions() + "\n" + figures() + "\n" + goals();
    }

    private String conditions() {
        return format(
                """
                The totals of %,d customers for one hour, in no order, into `usage_hourly` with its postings and due reports, into an empty
                database each time: through the operator of Tallymark's sink until a checkpoint may be taken; by one `INSERT ... SELECT` from a
                temporary table that holds them already, with the same triggers; and by upserts of one row each in batches of 2,000, as
                Tallymark wrote them before. One connection each. Rows, postings and due reports are counted after each run. %s, beginning
                with another one each.
                %s, %d processors (%s), %,d MiB, Java %s, %s.
                """,
                rows,
                rounds() == 1 ? "One round" : "Medians of " + rounds() + " rounds",
                machine.system(),
                machine.processors(),
                machine.model(),
                machine.memoryMebibytes(),
                machine.java(),
                measured.atZone(ZoneOffset.UTC).toLocalDate());
    }

    private String figures() {
        StringBuilder table =
                new StringBuilder("| | rows/s | slowest to fastest | of one statement |\n|---|---:|---:|---:|\n");
        for (WritePath path : seconds.keySet()) {
            table.append(format(
                    "| %s | %,.0f | %,.0f to %,.0f | %.2f |\n",
                    path.title(),
                    rowsPerSecond(path),
                    rows / at(path, 1),
                    rows / at(path, 0),
                    rowsPerSecond(path) / rowsPerSecond(WritePath.ONE_STATEMENT)));
        }
        return table.toString();
    }

    private String goals() {
        double sink = rowsPerSecond(WritePath.SINK);
        return format("""
                - Tallymark's sink reaches %.2f of one set-based statement (goal 0.5, aim 0.8).
                - It is %.1f times as fast as single-row upserts.
                """, sink / rowsPerSecond(WritePath.ONE_STATEMENT), sink / rowsPerSecond(WritePath.SINGLE_ROWS));
    }

    private int rounds() {
        return seconds.values().stream().mapToInt(List::size).max().orElse(0);
    }

    private double rowsPerSecond(WritePath path) {
        return rows / at(path, 0.5);
    }

    /** Seconds of the run at that place between the fastest, 0, and the slowest, 1. */
    private double at(WritePath path, double place) {
        double[] sorted = seconds.getOrDefault(path, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        double index = place * (sorted.length - 1);
        int below = (int) index;
        int above = (int) Math.ceil(index);
        return sorted[below] + (index - below) * (sorted[above] - sorted[below]);
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
