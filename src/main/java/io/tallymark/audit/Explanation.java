package io.tallymark.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.config.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that is behind an hour of one customer and meter, from the table's side and from the topic's. */
public final class Explanation {
    private final ExplainQuestion question;
    private final ExplainTables.Answer tables;
    private final EventsFound events;

    private Explanation(ExplainQuestion question, ExplainTables.Answer tables, EventsFound events) {
        this.question = question;
        this.tables = tables;
        this.events = events;
    }

    ExplainQuestion question() {
        return question;
    }

    ExplainTables.Answer tables() {
        return tables;
    }

    EventsFound events() {
        return events;
    }

    /** Whether the events found make the rows. */
    enum Verdict {
        ADDS_UP,
        /** The table and the topic disagree. */
        DIFFERS,
        /** They differ, and part of the topic is gone. */
        INCOMPLETE,
        /** They differ, and the hour is running: the table trails the topic. */
        RUNNING
    }

    /** Asks table and topic; reads the topic further back when the hour's own records do not explain it. */
    public static Explanation of(
            ExplainQuestion question, Settings settings, EventLookup lookup, EventLookup.Progress progress) {
        ExplainTables.Answer tables = new ExplainTables(settings.database())
                .ask(question, settings.ingest().topic());
        EventsFound events = lookup.find(question, progress);
        Explanation first = new Explanation(question, tables, events);
        return first.differences().isEmpty()
                ? first
                : new Explanation(question, tables, lookup.findThoroughly(question, events, progress));
    }

    /** Whether the table is right by what is in the topic, as far as that can be told. */
    public boolean isInOrder() {
        return verdict() != Verdict.DIFFERS;
    }

    /** Whether neither the table nor the topic knows anything. */
    boolean isEmpty() {
        return tables.rows().isEmpty() && events.lines().isEmpty();
    }

    Verdict verdict() {
        if (differences().isEmpty()) {
            return Verdict.ADDS_UP;
        }
        if (events.missing().isPresent()) {
            return Verdict.INCOMPLETE;
        }
        return isSettled() ? Verdict.DIFFERS : Verdict.RUNNING;
    }

    /** One sentence for each row that its events do not make. */
    List<String> differences() {
        Map<JsonNode, EventsTotal> totals = new LinkedHashMap<>(events.totals());
        List<String> differences = new ArrayList<>();
        for (UsageRow row : tables.rows()) {
            EventsTotal total = Optional.ofNullable(totals.remove(ExplainJson.tree(row.dimensions())))
                    .orElse(EventsTotal.NONE);
            if (!total.isSameAs(row)) {
                differences.add(row.dimensions() + ": the row says quantity "
                        + row.quantity().toPlainString() + ", events " + row.eventCount() + ", digest " + row.digest()
                        + "; the events make " + text(total));
            }
        }
        totals.forEach((dimensions, total) ->
                differences.add(dimensions + ": there is no row; the events make " + text(total)));
        return differences;
    }

    private boolean isSettled() {
        return tables.rows().isEmpty()
                ? tables.passed()
                : tables.rows().stream().allMatch(UsageRow::closed);
    }

    private static String text(EventsTotal total) {
        return "quantity " + total.quantity().toPlainString() + ", events " + total.eventCount() + ", digest "
                + total.digest();
    }
}
