package io.tallymark.simulator.metering;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;

/**
 * What was counted, per customer and meter. A raw meter counts every event; a meter with a window only the one received last in each
 * slot. Summaries may lag behind it. Thread safe.
 */
public final class UsageLedger {
    private static final long HOUR = 3_600;
    private static final long MIN_SECONDS =
            Instant.EPOCH.minus(Duration.ofDays(36_500)).getEpochSecond();
    private static final long MAX_SECONDS =
            Instant.EPOCH.plus(Duration.ofDays(365_000)).getEpochSecond();

    private final Map<Account, AccountUsage> accounts = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private volatile Duration lag = Duration.ZERO;

    public UsageLedger(InstantSource clock) {
        this.clock = clock;
    }

    /** The customer and the meter whose events add up. */
    public record Account(String meterId, String customer) {}

    public void lag(Duration behind) {
        lag = behind;
    }

    /** @param at since when it counts */
    void add(SimulatedMeter meter, UsageEvent event, Instant at) {
        AccountUsage usage = accounts.computeIfAbsent(event.account(), account -> new AccountUsage(meter));
        change(usage, new AccountUsage.Change(event, false, at));
    }

    void cancel(UsageEvent event) {
        AccountUsage usage = accounts.get(event.account());
        if (usage != null) {
            change(usage, new AccountUsage.Change(event, true, clock.instant()));
        }
    }

    /**
     * What summaries show from {@code start} to before {@code end}, grouped by a key of the timestamp. A slot of a raw meter is a second;
     * a longer one lies on the side of the event that it keeps.
     */
    NavigableMap<Long, UsageBucket> shown(Account account, long start, long end, LongUnaryOperator groupOfSeconds) {
        AccountUsage usage = accounts.get(account);
        if (usage == null) {
            return new TreeMap<>();
        }
        synchronized (usage) {
            usage.show(horizon());
            return grouped(usage, usage.shown(), start, end, groupOfSeconds);
        }
    }

    /** As {@link #shown}, in one group and without the lag. */
    public UsageBucket counted(Account account, long start, long end) {
        AccountUsage usage = accounts.get(account);
        if (usage == null) {
            return UsageBucket.EMPTY;
        }
        synchronized (usage) {
            return grouped(usage, usage.all(), start, end, seconds -> start).getOrDefault(start, UsageBucket.EMPTY);
        }
    }

    /** The newest hours with usage, of all accounts. */
    public List<HourOfUsage> newestHours(int most) {
        return accounts.entrySet().stream()
                .flatMap(entry -> hours(entry.getKey().customer(), entry.getValue(), most))
                .sorted(Comparator.comparingLong(HourOfUsage::startSeconds)
                        .reversed()
                        .thenComparing(HourOfUsage::customer))
                .limit(most)
                .toList();
    }

    private static Stream<HourOfUsage> hours(String customer, AccountUsage usage, int most) {
        synchronized (usage) {
            return grouped(usage, usage.all(), MIN_SECONDS, MAX_SECONDS, seconds -> Math.floorDiv(seconds, HOUR) * HOUR)
                    .descendingMap()
                    .entrySet()
                    .stream()
                    .limit(most)
                    .map(hour -> new HourOfUsage(usage.meter(), customer, hour.getKey(), hour.getValue()));
        }
    }

    private void change(AccountUsage usage, AccountUsage.Change change) {
        synchronized (usage) {
            usage.add(change);
            usage.show(horizon());
        }
    }

    private Instant horizon() {
        return clock.instant().minus(lag);
    }

    private static NavigableMap<Long, UsageBucket> grouped(
            AccountUsage usage,
            NavigableMap<Long, UsageSlot> slots,
            long start,
            long end,
            LongUnaryOperator groupOfSeconds) {
        NavigableMap<Long, UsageBucket> groups = new TreeMap<>();
        slots.subMap(usage.slotOf(start), true, usage.slotOf(end - 1), true).values().stream()
                .map(UsageSlot::bucket)
                .filter(bucket -> !bucket.isEmpty() && bucket.newestSeconds() >= start && bucket.newestSeconds() < end)
                .forEach(bucket ->
                        groups.merge(groupOfSeconds.applyAsLong(bucket.newestSeconds()), bucket, UsageBucket::plus));
        return groups;
    }
}
