package io.tallymark.simulator.metering;

import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Shelf;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The legacy metered subscription items and what was recorded for them. Thread safe. */
public final class LegacyItems {
    private final InstantSource clock;
    private final Ids ids = new Ids("si_");
    private final Shelf<LegacyItem> items = new Shelf<>();
    private final Map<String, ItemUsage> usage = new ConcurrentHashMap<>();
    private final Set<String> closed = ConcurrentHashMap.newKeySet();
    private volatile Duration lag = Duration.ZERO;
    private volatile boolean accepted = true;

    public LegacyItems(InstantSource clock) {
        this.clock = clock;
    }

    public String create(String customer, Instant anchor, AggregateUsage aggregate, boolean thresholds) {
        LegacyItem item = new LegacyItem(ids.next(), customer, anchor, aggregate, thresholds);
        usage.put(item.id(), new ItemUsage());
        items.put(item.id(), item);
        return item.id();
    }

    /** The id of a new subscription item, legacy or not. */
    public String nextId() {
        return ids.next();
    }

    /** A subscription's item accepts usage records from now on; one that did so already keeps those it has. */
    public void open(LegacyItem item) {
        usage.computeIfAbsent(item.id(), id -> new ItemUsage());
        items.put(item.id(), item);
    }

    /** The item is gone from its subscription. What was recorded can still be billed. */
    public void close(String id) {
        closed.add(id);
    }

    public void lag(Duration behind) {
        lag = behind;
    }

    /** Whether the account may still use usage records. */
    public void accept(boolean usageRecords) {
        accepted = usageRecords;
    }

    public boolean accepted() {
        return accepted;
    }

    /** One that accepts records. */
    Optional<LegacyItem> find(String id) {
        return items.find(id).filter(item -> !closed.contains(id));
    }

    public List<LegacyItem> newestFirst() {
        return items.newestFirst();
    }

    void add(LegacyItem item, ItemUsage.UsageRecord record) {
        usageOf(item).add(record, horizon());
    }

    public BigDecimal shown(LegacyItem item, LegacyItem.Period period) {
        return item.aggregate().of(usageOf(item).shown(horizon()), period.start(), period.end());
    }

    public BigDecimal billed(String id, long start, long end) {
        LegacyItem item = items.find(id).orElseThrow(() -> new IllegalArgumentException("no such item: " + id));
        return item.aggregate().of(usageOf(item).all(), start, end);
    }

    private Instant horizon() {
        return clock.instant().minus(lag);
    }

    private ItemUsage usageOf(LegacyItem item) {
        return usage.getOrDefault(item.id(), new ItemUsage());
    }
}
