package io.tallymark.audit;

import io.tallymark.dedup.IdLedger;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.PrintableText;
import io.tallymark.usage.UsageEvent;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** An explanation for a person. Text of others is escaped, so that it cannot drive the terminal. */
public final class ExplainText {
    private final PrintWriter out;
    private final int shownEvents;

    /**
     * Prints to a writer.
     *
     * @param shownEvents most events listed; the rest is counted
     */
    public ExplainText(PrintWriter out, int shownEvents) {
        this.out = out;
        this.shownEvents = shownEvents;
    }

    public void print(Explanation explanation) {
        ExplainQuestion question = explanation.question();
        out.println("explain: " + question.meter().metric() + " of " + PrintableText.of(question.customerId())
                + ", hour " + question.hour());
        printRows(explanation.tables().rows());
        print("ledger_entry", explanation.tables().postings());
        print("stripe_report", explanation.tables().reports());
        print("report_due", explanation.tables().due());
        printEvents(explanation.events());
        printVerdict(explanation);
    }

    private void printRows(List<UsageRow> rows) {
        heading("usage_hourly", rows.size());
        for (UsageRow row : rows) {
            out.println("  " + PrintableText.of(row.dimensions()) + "  quantity "
                    + row.quantity().toPlainString() + "  events " + row.eventCount() + "  withdrawn "
                    + row.withdrawnCount() + "  revision " + row.revision() + (row.closed() ? "  closed" : "  open")
                    + "  digest " + row.digest() + "  written " + row.updatedAt() + " by epoch " + row.writerEpoch());
        }
    }

    private void print(String name, ExplainTables.Shown table) {
        heading(name, table.rows().size());
        table.rows()
                .forEach(row -> out.println("  "
                        + row.entrySet().stream()
                                .map(column -> column.getKey() + " " + PrintableText.of(column.getValue()))
                                .collect(Collectors.joining("  "))));
    }

    private void printEvents(EventsFound events) {
        heading("events", events.lines().size());
        events.lines().stream().limit(shownEvents).forEach(line -> out.println("  " + text(events.question(), line)));
        if (events.lines().size() > shownEvents) {
            out.println("  and " + (events.lines().size() - shownEvents) + " more: --limit N, or --json for all");
        }
    }

    private static String text(ExplainQuestion question, IdLedger.Line line) {
        UsageEvent event = line.record();
        String became = ExplainJson.word(line.outcome()) + (line.takenOut() ? ", then withdrawn" : "");
        Optional<Measurement> measurement = question.measurement(event);
        String elsewhere =
                question.concerns(event) ? "" : "  (customer " + event.customerId() + ", another hour or row)";
        return PrintableText.of("%s  %s%s  quantity %s %s  id %s  source %s  time %s  stored %s%s"
                .formatted(
                        event.origin(),
                        event.isVoid() ? "void: " : "",
                        became,
                        measurement.map(m -> m.quantity().toPlainString()).orElse("-"),
                        measurement.map(Measurement::dimensions).orElse(""),
                        event.id(),
                        event.source(),
                        Instant.ofEpochMilli(event.timeMillis()),
                        Instant.ofEpochMilli(event.appendTimeMillis()),
                        elsewhere));
    }

    private void printVerdict(Explanation explanation) {
        explanation.differences().forEach(difference -> out.println("  " + PrintableText.of(difference)));
        explanation
                .events()
                .missing()
                .ifPresent(missing -> out.println("the list of events is incomplete: " + missing));
        out.println("explain: "
                + switch (explanation.verdict()) {
                    case ADDS_UP ->
                        explanation.isEmpty()
                                ? "no row and no event: nothing was ever counted here, look at the names"
                                : "the events add up to the table: quantity, count and digest";
                    case DIFFERS -> "THE EVENTS DO NOT ADD UP TO THE TABLE";
                    case INCOMPLETE -> "the events do not add up to the table, but part of the topic is gone";
                    case RUNNING -> "the hour is not closed: the table trails the topic";
                });
    }

    private void heading(String name, int rows) {
        out.println(name + (rows == 0 ? ": none" : ": " + rows));
    }
}
