package io.tallymark.embedded.traffic;

import io.tallymark.embedded.traffic.Expectation.Addition;
import io.tallymark.usage.BillingHour;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The totals of the truth, by meter, customer, dimensions and hour; the order of what is added does not matter. */
final class TruthCells {
    private static final Comparator<Key> ORDER = Comparator.comparing(
                    Key::meter, Comparator.comparing(TrafficMeter::metric))
            .thenComparing(Key::customerId)
            .thenComparing(Key::dimensions)
            .thenComparing(Key::hour);

    private final Map<Key, TruthCell> cells = new TreeMap<>(ORDER);

    private record Key(TrafficMeter meter, String customerId, String dimensions, BillingHour hour) {}

    TruthCells copy() {
        TruthCells copy = new TruthCells();
        copy.cells.putAll(cells);
        return copy;
    }

    void count(Expectation.Usage event) {
        for (Addition addition : event.additions()) {
            add(
                    event,
                    addition,
                    TruthCell.of(new TruthCell.Newest(event.timeMillis(), event.fingerprint(), addition.quantity())));
        }
    }

    /** What is left of an event that was counted and taken out again. */
    void withdraw(Expectation.Usage event) {
        event.additions().forEach(addition -> add(event, addition, TruthCell.WITHDRAWN));
    }

    List<TruthRow> rows() {
        return cells.entrySet().stream()
                .map(entry -> row(entry.getKey(), entry.getValue()))
                .toList();
    }

    private void add(Expectation.Usage event, Addition addition, TruthCell cell) {
        BillingHour hour = BillingHour.containing(event.timeMillis());
        Key key = new Key(addition.meter(), event.customerId(), addition.dimensions(), hour);
        cells.merge(key, cell, (old, more) -> old.plus(more, addition.meter().aggregation()));
    }

    private static TruthRow row(Key key, TruthCell cell) {
        return new TruthRow(
                key.meter().metric(),
                key.customerId(),
                key.dimensions(),
                key.hour(),
                cell.quantity(),
                cell.eventCount(),
                cell.digest(),
                cell.withdrawnCount());
    }
}
