package io.tallymark.table;

import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Totals that are written together, each row once, since one statement cannot write a row twice. Merges as the table does: a later total
 * replaces an earlier one, but that of a running hour never a closed one.
 */
final class TotalsBatch implements Batch<HourlyTotal> {
    /** The order of the primary key: two writers of the same rows wait for each other in turn instead of for ever. */
    private static final Comparator<HourlyTotal> KEY_ORDER = Comparator.comparing(
                    (HourlyTotal total) -> total.key().metric())
            .thenComparing(total -> total.key().customerId())
            .thenComparingLong(HourlyTotal::epochHour)
            .thenComparing(total -> total.key().dimensions());

    private record Row(UsageKey key, long epochHour) {}

    private final Map<Row, HourlyTotal> totals = new HashMap<>();

    @Override
    public void add(HourlyTotal total) {
        totals.merge(new Row(total.key(), total.epochHour()), total, TotalsBatch::later);
    }

    @Override
    public int size() {
        return totals.size();
    }

    /** One total for each row, in the order of their keys. */
    @Override
    public List<HourlyTotal> rows() {
        return totals.values().stream().sorted(KEY_ORDER).toList();
    }

    private static HourlyTotal later(HourlyTotal present, HourlyTotal next) {
        return next.closed() || !present.closed() ? next : present;
    }
}
