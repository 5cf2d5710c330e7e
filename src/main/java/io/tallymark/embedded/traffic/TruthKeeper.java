package io.tallymark.embedded.traffic;

import io.tallymark.embedded.traffic.Expectation.Addition;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.RejectReason;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects the truth record by record, in any order. Thread safe: acknowledgements arrive on the producer's own thread. */
public final class TruthKeeper {
    private static final Comparator<Key> ORDER = Comparator.comparing(
                    Key::meter, Comparator.comparing(TrafficMeter::metric))
            .thenComparing(Key::customerId)
            .thenComparing(Key::dimensions)
            .thenComparing(Key::hour);

    private final Map<Key, TruthCell> cells = new TreeMap<>(ORDER);
    private final Map<RejectReason, Long> deadLettered = new EnumMap<>(RejectReason.class);
    private final BitSet seen = new BitSet();
    private long read;
    private long counted;
    private long duplicates;
    private long ignored;

    private record Key(TrafficMeter meter, String customerId, String dimensions, BillingHour hour) {}

    /** Notes a record that is in Kafka for certain. */
    public synchronized void stored(Expectation expectation) {
        read++;
        expectation.applyTo(this);
    }

    /** Everything noted so far. */
    public synchronized Truth truth() {
        List<TruthRow> rows = cells.entrySet().stream()
                .map(entry -> row(entry.getKey(), entry.getValue()))
                .toList();
        return new Truth(new TruthCounts(read, counted, duplicates, ignored, deadLettered), rows);
    }

    void usage(Expectation.Usage event) {
        if (seen.get(event.number())) {
            duplicates++;
            return;
        }
        seen.set(event.number());
        counted++;
        event.additions().forEach(addition -> add(event, addition));
    }

    void deadLetter(RejectReason reason) {
        deadLettered.merge(reason, 1L, Long::sum);
    }

    void ignored() {
        ignored++;
    }

    private void add(Expectation.Usage event, Addition addition) {
        Key key = new Key(
                addition.meter(),
                event.customerId(),
                addition.dimensions(),
                BillingHour.containing(event.timeMillis()));
        TruthCell cell =
                TruthCell.of(new TruthCell.Newest(event.timeMillis(), event.fingerprint(), addition.quantity()));
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
                cell.digest());
    }
}
