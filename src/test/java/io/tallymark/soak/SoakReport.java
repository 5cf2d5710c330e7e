package io.tallymark.soak;

import io.tallymark.bench.Machine;
import io.tallymark.config.DurationText;
import io.tallymark.embedded.traffic.OutcomeCounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code soak.md} and {@code soak.svg}: what was run, a table of all series with their verdicts, and the plot. */
record SoakReport(SoakPlan plan, Recording recording, OutcomeCounts counts, List<Finding> findings) {
    /** Smaller tables have too few rows for a figure by row. */
    private static final double WORTH_SHOWING_ROWS = 1_000;

    static SoakReport of(SoakPlan plan, Recording recording, OutcomeCounts counts) {
        Set<Series> shown = new LinkedHashSet<>(Series.ALL);
        for (Series series : recording.series()) {
            boolean rows = series.rule() instanceof Rule.Grows;
            if (rows && recording.newest(series) >= WORTH_SHOWING_ROWS) {
                String table = series.name().substring(0, series.name().indexOf(','));
                shown.add(series);
                shown.add(Series.bytesPerRow(table));
            }
        }
        List<Finding> findings = new ArrayList<>();
        for (Series series : shown) {
            findings.add(Finding.of(series, recording.points(series), plan.minutes()));
        }
        return new SoakReport(plan, recording, counts, List.copyOf(findings));
    }

    void write(Path directory) throws IOException {
        Files.writeString(directory.resolve("soak.svg"), Plot.svg(plan, recording));
        Files.writeString(directory.resolve("soak.md"), text());
    }

    String table() {
        return """
                | | after a quarter | middle | end | slope, % per hour | bound | verdict |
                |---|---:|---:|---:|---:|---:|---|
                """ + findings.stream().map(SoakReport::row).collect(Collectors.joining());
    }

    private String text() throws IOException {
        Machine machine = Machine.here();
        return format(
                """
                # Soak

                Written by `./mvnw verify -Psoak`. The parts of the [chaos suite](proofs.md), each a process of its own and none of them disturbed, under
                a steady load: Kafka, PostgreSQL, one JobManager, two TaskManagers (256 MiB task heap, 128 MiB managed, serial collector, C1 only), the Stripe simulator.
                Kafka's append times run %.0f times as fast as the clock, so an hour of usage takes %.1f s and the run has %.1f days of it; max-lateness, %s, passes
                %.1f times. From minute %.0f on (dashed in the plot) ids are forgotten as fast as they come.

                `%s`

                %s of %s min at %,.0f records/s: repeats, some of them of ids that are forgotten by then, voids, late events, dead letters. Checkpoints every %s, reports of every
                closed hour, the sweep that compares them with Stripe on. Commit %s.
                %s, %d processors (%s), %,d MiB, Java %s, %s. The traffic, its model and all parts share the processors.

                In the end: %s. Table, balance sheet, dead letters, ledger and simulator
                agree with the truth exactly, the books add up to 0, and no transaction, lock, lease or finding is left.

                %s
                Each figure is the median of a twentieth of the run around that moment. The slope is that of the second half (Theil and Sen's: the median over all pairs of
                readings); rows are judged by their own growth in the quarter before. Readings every 15 s; heaps and tables every minute. Bytes per row contain
                indexes and dead rows. A bound counts when the rise is also larger than the noise of one reading; `Series.java` has each with its reason.

                ![Readings over the run](soak.svg)
                """,
                plan.speed(),
                3_600 / plan.speed(),
                plan.simulated().toMinutes() / 1_440.0,
                DurationText.print(SoakPlan.MAX_LATENESS),
                (double) plan.simulated().toMillis() / SoakPlan.MAX_LATENESS.toMillis(),
                plan.fullAfterMinutes(),
                format(
                        "./mvnw verify -Psoak -Dsoak.minutes=%s -Dseed=%d -Dsoak.rate=%.0f -Dsoak.report=docs",
                        short1(plan.minutes()), plan.seed(), plan.perSecond()),
                "One run",
                short1(plan.minutes()),
                plan.perSecond(),
                DurationText.print(SoakStack.CHECKPOINT_INTERVAL),
                commit(),
                machine.system(),
                machine.processors(),
                machine.model(),
                machine.memoryMebibytes(),
                machine.java(),
                LocalDate.now(ZoneOffset.UTC),
                outcome(),
                table());
    }

    private String outcome() {
        return format(
                "%,d records read, %,d events counted, %,d withdrawn by voids, %,d duplicates, %,d voids whose event never came, %,d ignored, %,d dead letters",
                counts.read(),
                counts.counted(),
                counts.withdrawn(),
                counts.duplicates(),
                counts.voidWaiting(),
                counts.ignored(),
                counts.deadLetters());
    }

    private static String row(Finding finding) {
        Series series = finding.series();
        boolean never = series.rule() instanceof Rule.Never;
        return format(
                "| %s | %s | %s | %s | %s | %s | %s |%n",
                series.unit().isEmpty() ? series.name() : series.name() + ", " + series.unit(),
                number(finding.start()),
                number(finding.middle()),
                number(finding.end()),
                never ? "-" : format("%+.1f", finding.trend().percentPerHour()),
                series.rule().bound(),
                finding.verdict().good()
                        ? finding.verdict().words()
                        : "**" + finding.verdict().words() + "**");
    }

    private static String number(double value) {
        return format(Math.abs(value) < 100 && value != Math.rint(value) ? "%.1f" : "%,.0f", value);
    }

    private static String short1(double value) {
        return value == Math.rint(value) ? format("%.0f", value) : format("%.1f", value);
    }

    /** Of the working tree's last commit. */
    private static String commit() throws IOException {
        Process git = new ProcessBuilder("git", "rev-parse", "--short=12", "HEAD").start();
        String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return said.isEmpty() ? "unknown" : said;
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
