package io.tallymark.bench;

import io.tallymark.config.DurationText;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The report on one workload, in Markdown.
 *
 * @param name its heading
 * @param command what measures it again
 * @param summary the figures
 * @param size memory and intervals
 * @param machine on what
 * @param measured when it ended
 */
record Section(String name, String command, Summary summary, RunSize size, Machine machine, Instant measured) {
    private static final String NONE = "-";

    String text() {
        return "## " + name + "\n\n`" + command + "`\n\n" + conditions() + "\n" + figures() + "\n" + goals();
    }

    private String conditions() {
        Workload load = summary.load();
        return format(
                """
                %,d records with %,d ids (%s repeats), %,d customers, %s of the events of one customer, %s late by up to %s, %s of traffic
                over %d partitions keyed by %s, max-lateness %s, seed %d. %s; heap %d MiB, RocksDB %d MiB, a checkpoint every %s.
                %s, %d processors (%s), %,d MiB, Java %s, %s.
                """,
                load.records(),
                load.ids(),
                percent(load.duplicatesPerTenThousand()),
                load.customers(),
                percent(load.hotPerTenThousand()),
                percent(load.latePerTenThousand()),
                DurationText.print(load.lateness()),
                DurationText.print(load.span()),
                load.partitions(),
                load.keyedBy().name().toLowerCase(Locale.ROOT),
                DurationText.print(load.maxLateness()),
                load.seed(),
                summary.rounds() == 1 ? "One round" : "Medians of " + summary.rounds() + " rounds",
                size.heapMebibytes(),
                size.managedMebibytes(),
                DurationText.print(size.checkpointInterval()),
                machine.system(),
                machine.processors(),
                machine.model(),
                machine.memoryMebibytes(),
                machine.java(),
                measured.atZone(ZoneOffset.UTC).toLocalDate());
    }

    private String figures() {
        StringBuilder table = new StringBuilder();
        table.append(
                "| | events/s | slowest to fastest | of raw read | CPU s per million | peak MiB | checkpoint bytes per id |\n");
        table.append("|---|---:|---:|---:|---:|---:|---:|\n");
        for (Contender contender : summary.runs().keySet()) {
            table.append(format(
                    "| %s | %,d | %,d to %,d | %s | %.2f | %s | %s |\n",
                    contender.title(),
                    summary.eventsPerSecond(contender),
                    summary.slowest(contender),
                    summary.fastest(contender),
                    shown("%.2f", summary.ratio(contender, Contender.RAW_READ)),
                    summary.cpuSecondsPerMillion(contender),
                    summary.peakMebibytes(contender).isPresent()
                            ? format("%,d", summary.peakMebibytes(contender).getAsLong())
                            : NONE,
                    shown("%.1f", summary.checkpointBytesPerId(contender))));
        }
        return table.toString();
    }

    private String goals() {
        return line(
                        "- Tallymark is %.2f times as fast as Flink SQL (goal 5, aim 8).\n",
                        summary.ratio(Contender.TALLYMARK, Contender.FLINK_SQL))
                + line(
                        "- Tallymark reaches %.2f of the raw read (goal 0.20, aim 0.33).\n",
                        summary.ratio(Contender.TALLYMARK, Contender.RAW_READ))
                + line(
                        "- A retained id takes %.1f bytes of a Tallymark checkpoint (goal 24, aim 18).\n",
                        summary.checkpointBytesPerId(Contender.TALLYMARK))
                + (summary.has(Contender.TALLYMARK) ? tallymark() : "");
    }

    private static String line(String form, OptionalDouble number) {
        return number.isPresent() ? format(form, number.getAsDouble()) : "";
    }

    private String tallymark() {
        List<Long> tenths = summary.eventsPerSecondByTenth(Contender.TALLYMARK);
        return format(
                        "- All checkpoints of a run uploaded %.1f bytes for each id that was retained in the end.\n",
                        summary.uploadedBytesPerId(Contender.TALLYMARK))
                + format(
                        "- A restart from the last checkpoint took %.1f s until all tasks processed records (goal 60 s with 50 million ids, aim 20 s).\n",
                        summary.restartSeconds(Contender.TALLYMARK))
                + format(
                        "- Events/s in each tenth of the records: %s. The first warms up; the last is %.2f of the second.\n",
                        tenths.stream().map(rate -> format("%,d", rate)).collect(Collectors.joining("; ")),
                        (double) tenths.get(tenths.size() - 1) / tenths.get(1))
                + format(
                        "- Revisions of closed hours by late events, which Tallymark writes within `early-results` (%s), were in the table"
                                + " %.1f s after the last close; they are not in its time.\n",
                        DurationText.print(size.earlyResults()), summary.settlingSeconds(Contender.TALLYMARK));
    }

    private static String shown(String form, OptionalDouble number) {
        return number.isPresent() ? format(form, number.getAsDouble()) : NONE;
    }

    private static String percent(int perTenThousand) {
        return format(perTenThousand % 100 == 0 ? "%.0f %%" : "%.2f %%", perTenThousand / 100.0);
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
