package io.tallymark.report;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UserError;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the reporting pipeline needs to know.
 *
 * @param meters all meters; those without a Stripe side stay in the table
 * @param customerMapping how subjects become Stripe customers
 * @param concurrency most calls in flight; also the capacity to give to the async operator
 * @param maxRequestsPerSecond most calls begun in a second; {@link #RATE_BY_KEY} for Stripe's own limit
 * @param tick how often due hours are looked for
 * @param lease how long a claim may wait for its call to begin
 * @param callDeadline longest duration of one call, as the sender keeps it
 */
public record ReportSettings(
        DatabaseAccess database,
        List<Meter> meters,
        CustomerMapping customerMapping,
        int concurrency,
        int maxRequestsPerSecond,
        Duration tick,
        Duration lease,
        Duration callDeadline)
        implements Serializable {
    public static final int DEFAULT_CONCURRENCY = 512;
    /** By the kind of API key: see {@link #callsPerSecond}. */
    public static final int RATE_BY_KEY = 0;
    /** Stripe's limit in a sandbox. */
    public static final int SANDBOX_RATE = 25;
    /** A tenth below Stripe's limit in live mode. */
    public static final int LIVE_RATE = 900;

    public static final Duration DEFAULT_TICK = Duration.ofMillis(50);
    public static final Duration DEFAULT_LEASE = Duration.ofMinutes(2);
    public static final Duration DEFAULT_CALL_DEADLINE = Duration.ofSeconds(20);

    private static final int LARGEST_CONCURRENCY = 1_000;
    private static final int LARGEST_RATE = 10_000;
    private static final Duration SMALLEST_TICK = Duration.ofMillis(10);
    private static final Duration LARGEST_TICK = Duration.ofSeconds(1);
    private static final Duration SMALLEST_DEADLINE = Duration.ofMillis(100);
    private static final Duration LARGEST_LEASE = Duration.ofHours(1);
    /** What recording the outcome may take on top of the call. */
    private static final Duration RECORDING_TIME = Duration.ofSeconds(5);

    /**
     * @throws UserError naming every impossible value with its key and range
     */
    public ReportSettings {
        meters = List.copyOf(meters);
        List<String> problems = new ArrayList<>();
        requireRange(problems, "stripe.concurrency", concurrency, 1, LARGEST_CONCURRENCY);
        if (maxRequestsPerSecond != RATE_BY_KEY) {
            requireRange(problems, "stripe.max-requests-per-second", maxRequestsPerSecond, 1, LARGEST_RATE);
        }
        requireRange(problems, "reporting.tick", tick, SMALLEST_TICK, LARGEST_TICK);
        requireRange(problems, "reporting.lease", lease, SMALLEST_DEADLINE, LARGEST_LEASE);
        requireRange(problems, "stripe.call-deadline", callDeadline, SMALLEST_DEADLINE, LARGEST_LEASE);
        if (callDeadline.compareTo(lease) >= 0) {
            problems.add("stripe.call-deadline is " + millis(callDeadline) + ": must be below reporting.lease, "
                    + millis(lease));
        }
        requireDistinct(problems, meters);
        if (!problems.isEmpty()) {
            throw new UserError(String.join("; ", problems), "correct the values in tallymark.yaml");
        }
    }

    public static ReportSettings withDefaults(
            DatabaseAccess database, List<Meter> meters, CustomerMapping customerMapping) {
        return new ReportSettings(
                database,
                meters,
                customerMapping,
                DEFAULT_CONCURRENCY,
                RATE_BY_KEY,
                DEFAULT_TICK,
                DEFAULT_LEASE,
                DEFAULT_CALL_DEADLINE);
    }

    /** The same bounds on another database. */
    public ReportSettings on(DatabaseAccess other) {
        return new ReportSettings(
                other, meters, customerMapping, concurrency, maxRequestsPerSecond, tick, lease, callDeadline);
    }

    /** The timeout to give to the async operator: whatever hangs, a claim's fate is decided in the database by then. */
    public Duration operatorTimeout() {
        return lease.plus(callLease());
    }

    /** Most calls begun in a second. */
    int callsPerSecond(boolean live) {
        if (maxRequestsPerSecond != RATE_BY_KEY) {
            return maxRequestsPerSecond;
        }
        return live ? LIVE_RATE : SANDBOX_RATE;
    }

    /** What a call may wait between its announcement and its beginning. */
    Duration longestAnnouncement() {
        return RECORDING_TIME;
    }

    /** How long a lane stays leased once its call begins. */
    Duration callLease() {
        return callDeadline.plus(RECORDING_TIME);
    }

    private static void requireRange(List<String> problems, String key, int value, int least, int most) {
        if (value < least || value > most) {
            problems.add(key + " is " + value + ": must be from " + least + " to " + most);
        }
    }

    private static void requireRange(List<String> problems, String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            problems.add(key + " is " + millis(value) + ": must be from " + millis(least) + " to " + millis(most));
        }
    }

    private static void requireDistinct(List<String> problems, List<Meter> meters) {
        Set<String> seen = new HashSet<>();
        for (Meter meter : meters) {
            if (!seen.add(meter.metric())) {
                problems.add("meters: metric " + meter.metric() + " is there twice");
            }
        }
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + " ms";
    }
}
