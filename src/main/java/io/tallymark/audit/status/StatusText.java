package io.tallymark.audit.status;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The status for a person: the verdict first, then what is wrong with its remedy, then the figures. */
public final class StatusText {
    private static final String[] OUTCOMES = {
        "read", "counted", "withdrawn", "duplicate", "conflict", "void-waiting", "ignored", "uncovered", "dead-lettered"
    };

    private final Status status;
    private final List<String> lines = new ArrayList<>();

    private StatusText(Status status) {
        this.status = status;
    }

    public static String print(Status status) {
        StatusText text = new StatusText(status);
        text.verdict();
        text.progress();
        text.balance();
        text.reporting();
        return String.join("\n", text.lines);
    }

    private void verdict() {
        lines.add("status: " + (status.addsUp() ? "adds up" : "DOES NOT ADD UP") + ", "
                + (status.moves() ? "moves" : "DOES NOT MOVE") + (status.agrees() ? "" : ", STRIPE DIFFERS"));
        status.problems().forEach(finding -> {
            lines.add("problem: " + finding.problem());
            lines.add("  to mend it: " + finding.remedy());
        });
        status.warnings().forEach(warning -> lines.add("warning: " + warning));
    }

    private void progress() {
        heading("metering of " + status.topic());
        Progress progress = status.progress();
        if (progress == null) {
            pair("last checkpoint", "never");
            return;
        }
        pair("last checkpoint", age(progress.writtenAt()) + " ago");
        pair("last record read", age(progress.movedAt()) + " ago");
        Instant watermark = progress.watermark();
        pair("watermark", watermark == null ? "none yet" : age(watermark) + " old, " + watermark);
        Instant oldest = status.openHours().oldest();
        pair("open hours", status.openHours().hours() + (oldest == null ? "" : ", the oldest of " + oldest));
    }

    private void balance() {
        heading("balance sheet, records");
        TextTable table = new TextTable(1, headings("topic", "partition", "first-offset", "next-offset", "lag"));
        for (PartitionStatus partition : status.partitions()) {
            table.row(cells(
                    partition.outcomes(),
                    partition.topic(),
                    Integer.toString(partition.partition()),
                    number(partition.firstOffset()),
                    number(partition.nextOffset()),
                    partition.lag() == PartitionStatus.UNKNOWN_LAG ? "?" : number(partition.lag())));
        }
        table.row(cells(status.total(), "total", "", "", "", number(lag())));
        indent(table);
        if (!status.hours().isEmpty()) {
            hours();
        }
        counts("dead letters by reason", status.reasons());
        counts("uncovered hours, left as they stand", status.uncoveredHours());
    }

    private void hours() {
        heading("by append hour");
        TextTable table =
                new TextTable(2, headings("append-hour", "topic", "partition", "first-offset", "next-offset"));
        for (IntakeRow row : status.hours()) {
            table.row(cells(
                    row.outcomes(),
                    row.appendHour().toString(),
                    row.topic(),
                    Integer.toString(row.partition()),
                    number(row.firstOffset()),
                    number(row.nextOffset())));
        }
        indent(table);
    }

    private void reporting() {
        Reporting reporting = status.reporting();
        heading("reporting to Stripe");
        if (reporting.unreported().isEmpty()) {
            pair("meters", "none is reported");
            return;
        }
        TextTable table = new TextTable(1, "meter", "unreported", "customers");
        reporting
                .unreported()
                .forEach(meter ->
                        table.row(List.of(meter.metric(), number(meter.quantity()), number(meter.customers()))));
        indent(table);
        Instant oldest = reporting.oldestDueSince();
        pair("due hours", number(reporting.dueHours()) + (oldest == null ? "" : ", the oldest for " + age(oldest)));
        reporting.waitingFor().forEach((what, count) -> pair("waiting", number(count) + " for " + what));
        reporting.told().forEach((state, count) -> pair(state + " reports", number(count)));
        reporting.refused().forEach((state, count) -> pair(state + " reports", number(count)));
        reporting.findings().forEach((kind, count) -> pair("open findings", number(count) + " " + kind));
    }

    private void counts(String title, Map<String, Long> counts) {
        if (counts.isEmpty()) {
            return;
        }
        heading(title);
        int width = counts.keySet().stream().mapToInt(String::length).max().orElse(0);
        counts.forEach(
                (name, count) -> lines.add("  " + name + " ".repeat(width - name.length()) + "  " + number(count)));
    }

    private long lag() {
        return status.partitions().stream()
                .mapToLong(partition -> Math.max(0, partition.lag()))
                .sum();
    }

    private void heading(String text) {
        lines.add("");
        lines.add(text);
    }

    private void pair(String name, String value) {
        lines.add(String.format(Locale.ROOT, "  %-16s  %s", name, value));
    }

    private void indent(TextTable table) {
        table.lines().forEach(line -> lines.add("  " + line));
    }

    private String age(Instant then) {
        return Ages.between(then, status.at());
    }

    private static String[] headings(String... first) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(OUTCOMES)).toArray(String[]::new);
    }

    private static List<String> cells(Outcomes outcomes, String... first) {
        Stream<String> counts = Stream.of(
                        outcomes.read(),
                        outcomes.counted(),
                        outcomes.withdrawn(),
                        outcomes.duplicate(),
                        outcomes.conflict(),
                        outcomes.voidWaiting(),
                        outcomes.ignored(),
                        outcomes.uncovered(),
                        outcomes.deadLettered())
                .map(StatusText::number);
        return Stream.concat(Arrays.stream(first), counts).toList();
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** All digits, and groups of three before the point only. */
    private static String number(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return String.format(Locale.ROOT, "%,." + Math.max(0, stripped.scale()) + "f", stripped);
    }
}
