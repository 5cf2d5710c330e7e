package io.tallymark.topology;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must become of a list of records, in its order, with all of it in memory. */
final class VoidModel {
    static final Outcome[] ALL = {
        Outcome.COUNTED,
        Outcome.WITHDRAWN,
        Outcome.DUPLICATE,
        Outcome.CONFLICT,
        Outcome.VOID_WAITING,
        Outcome.DEAD_LETTERED
    };

    private VoidModel() {}

    /** What became of a record, and the event that was counted under its identity; itself when there is none. */
    record Verdict(Outcome outcome, UsageEvent counted) {}

    /** A row's key. */
    record Cell(UsageKey key, long epochHour) {}

    /** What a row says. */
    record Row(BigDecimal quantity, long eventCount, Fingerprint digest, long withdrawnCount) {}

    static Map<UsageEvent, Verdict> of(List<UsageEvent> records) {
        Map<String, UsageEvent> firsts = new HashMap<>();
        records.stream()
                .filter(record -> !record.isVoid())
                .forEach(event -> firsts.putIfAbsent(identity(event), event));
        Set<List<?>> voids = new HashSet<>();
        Map<UsageEvent, Verdict> verdicts = new LinkedHashMap<>();
        for (UsageEvent record : records) {
            UsageEvent first = firsts.getOrDefault(identity(record), record);
            boolean same = content(record).equals(content(first));
            Outcome outcome;
            if (!record.isVoid()) {
                outcome = record.equals(first) ? Outcome.COUNTED : same ? Outcome.DUPLICATE : Outcome.CONFLICT;
            } else if (!voids.add(List.of(identity(record), content(record)))) {
                outcome = Outcome.DUPLICATE;
            } else {
                outcome = first.isVoid() ? Outcome.VOID_WAITING : same ? Outcome.WITHDRAWN : Outcome.DEAD_LETTERED;
            }
            verdicts.put(record, new Verdict(outcome, first));
        }
        return verdicts;
    }

    static Map<Cell, Row> rows(Map<UsageEvent, Verdict> verdicts) {
        Map<Cell, List<UsageEvent>> remaining = new HashMap<>();
        Map<Cell, Long> withdrawn = new HashMap<>();
        Set<UsageEvent> gone = new HashSet<>();
        verdicts.values().stream()
                .filter(verdict -> verdict.outcome() == Outcome.WITHDRAWN)
                .forEach(verdict -> gone.add(verdict.counted()));
        verdicts.forEach((record, verdict) -> {
            if (verdict.outcome() == Outcome.COUNTED) {
                for (Cell cell : cells(record)) {
                    List<UsageEvent> events = remaining.computeIfAbsent(cell, none -> new ArrayList<>());
                    if (gone.contains(record)) {
                        withdrawn.merge(cell, 1L, Long::sum);
                    } else {
                        events.add(record);
                    }
                }
            }
        });
        Map<Cell, Row> rows = new HashMap<>();
        remaining.forEach((cell, events) -> rows.put(cell, row(cell, events, withdrawn.getOrDefault(cell, 0L))));
        return rows;
    }

    private static Row row(Cell cell, List<UsageEvent> events, long withdrawn) {
        BigDecimal quantity = switch (cell.key().metric()) {
            case "max" ->
                events.stream()
                        .map(event -> value(event, "max"))
                        .max(Comparator.naturalOrder())
                        .orElse(BigDecimal.ZERO);
            case "last" ->
                events.stream()
                        .max(Comparator.comparingLong(UsageEvent::timeMillis)
                                .thenComparing(event -> fingerprint(event).toString()))
                        .map(event -> value(event, "last"))
                        .orElse(BigDecimal.ZERO);
            default ->
                events.stream()
                        .map(event -> value(event, cell.key().metric()))
                        .reduce(BigDecimal.ZERO, BigDecimal::add);
        };
        Fingerprint digest = events.stream().map(VoidModel::fingerprint).reduce(Fingerprint.ZERO, Fingerprint::plus);
        return new Row(new BigDecimal(plain(quantity)), events.size(), digest, withdrawn);
    }

    private static String plain(BigDecimal quantity) {
        return quantity.stripTrailingZeros().toPlainString();
    }

    private static List<Cell> cells(UsageEvent event) {
        long epochHour = BillingHour.containing(event.timeMillis()).epochHour();
        return event.measurements().stream()
                .map(measurement -> new Cell(
                        new UsageKey(measurement.metric(), event.customerId(), measurement.dimensions()), epochHour))
                .toList();
    }

    private static BigDecimal value(UsageEvent event, String metric) {
        return event.measurements().stream()
                .filter(measurement -> measurement.metric().equals(metric))
                .map(Measurement::quantity)
                .findFirst()
                .orElseThrow();
    }

    private static Fingerprint fingerprint(UsageEvent event) {
        return event.fingerprint();
    }

    private static String identity(UsageEvent record) {
        return record.source() + " " + record.id();
    }

    private static List<?> content(UsageEvent record) {
        return List.of(
                record.customerId(),
                record.timeGiven(),
                record.timeGiven() ? record.timeMillis() : 0,
                record.measurements());
    }
}
