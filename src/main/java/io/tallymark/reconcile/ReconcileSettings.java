package io.tallymark.reconcile;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What reconciliation needs to know.
 *
 * @param enabled whether the reporting job sweeps
 * @param sweepCallsPerSecond most questions to Stripe that the sweep asks in a second
 * @param summaryLag how far Stripe's summaries may be behind before a difference counts as one
 * @param checkAfter how long after its acceptance a report is looked for first
 */
public record ReconcileSettings(
        DatabaseAccess database, boolean enabled, int sweepCallsPerSecond, Duration summaryLag, Duration checkAfter)
        implements Serializable {
    public static final int DEFAULT_SWEEP_CALLS_PER_SECOND = 2;
    public static final int LARGEST_SWEEP_CALLS_PER_SECOND = 50;
    public static final Duration DEFAULT_SUMMARY_LAG = Duration.ofHours(1);
    public static final Duration DEFAULT_CHECK_AFTER = Duration.ofMinutes(15);
    public static final Duration LARGEST_WAIT = Duration.ofDays(2);

    /**
     * @throws UserError naming every impossible value with its key and range
     */
    public ReconcileSettings {
        List<String> problems = new ArrayList<>();
        if (sweepCallsPerSecond < 1 || sweepCallsPerSecond > LARGEST_SWEEP_CALLS_PER_SECOND) {
            problems.add("reconcile.sweep-calls-per-second is " + sweepCallsPerSecond + ": must be from 1 to "
                    + LARGEST_SWEEP_CALLS_PER_SECOND);
        }
        requireRange(problems, "reconcile.summary-lag", summaryLag);
        requireRange(problems, "reconcile.check-after", checkAfter);
        if (!problems.isEmpty()) {
            throw new UserError(String.join("; ", problems), "correct the values in tallymark.yaml");
        }
    }

    public static ReconcileSettings withDefaults(DatabaseAccess database) {
        return new ReconcileSettings(
                database, true, DEFAULT_SWEEP_CALLS_PER_SECOND, DEFAULT_SUMMARY_LAG, DEFAULT_CHECK_AFTER);
    }

    /** The same bounds on another database. */
    public ReconcileSettings on(DatabaseAccess other) {
        return new ReconcileSettings(other, enabled, sweepCallsPerSecond, summaryLag, checkAfter);
    }

    private static void requireRange(List<String> problems, String key, Duration value) {
        if (value.isNegative() || value.compareTo(LARGEST_WAIT) > 0) {
            problems.add(key + " is " + value.toMillis() + " ms: must be from 0 to " + LARGEST_WAIT.toMillis() + " ms");
        }
    }
}
