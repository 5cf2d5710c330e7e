package io.tallymark.bench;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.core.execution.JobClient;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for what a job has to bring about, and gives up as soon as the job has failed. */
final class TableWatch {
    /** A run takes as long as it takes, but not for ever. */
    private static final Duration LONGEST_RUN = Duration.ofHours(6);

    private static final Duration LONGEST_WRITING = Duration.ofSeconds(30);
    private static final Duration LONGEST_CHECKPOINT = Duration.ofMinutes(15);
    private static final Duration POLL = Duration.ofMillis(100);

    private final RunPlan plan;
    private final JobClient job;
    private final ClosedHours hours;

    TableWatch(RunPlan plan, JobClient job, ClosedHours hours) {
        this.plan = plan;
        this.job = job;
        this.hours = hours;
    }

    /** Until every hour is closed in the table, the markers' too: all records have gone through the job by then. */
    void awaitClosed() {
        within(LONGEST_RUN).until(() -> runs() && hours.markerRows() >= plan.markers() && hours.rows() >= plan.rows());
    }

    /**
     * Until the sums over the table are right; late events revise closed hours within early-results. A table that is still wrong then is
     * left to {@link Truth}, which names its rows.
     */
    void awaitTruth() {
        Duration longest = plan.size().earlyResults().multipliedBy(2).plus(LONGEST_WRITING);
        try {
            within(longest).until(() -> runs() && hours.events() == plan.events() && hours.tokens() == plan.tokens());
        } catch (ConditionTimeoutException e) {
            System.out.println("the table is wrong " + longest + " after its last hour has closed: " + e.getMessage());
        }
    }

    JobView.Checkpoint awaitCheckpoint(JobView view, long endMillis) {
        AtomicReference<JobView.@Nullable Checkpoint> found = new AtomicReference<>();
        within(LONGEST_CHECKPOINT).until(() -> {
            view.checkpointBegunAfter(endMillis).ifPresent(found::set);
            return runs() && found.get() != null;
        });
        return Objects.requireNonNull(found.get());
    }

    /** Until all of the job's tasks have their state back. */
    void awaitProcessing(JobView view) {
        within(LONGEST_CHECKPOINT).until(() -> runs() && view.processes());
    }

    private boolean runs() throws Exception {
        if (job.getJobStatus().get().isTerminalState()) {
            // Throws what ended it.
            job.getJobExecutionResult().get();
            throw new IllegalStateException("the job ended before its time");
        }
        return true;
    }

    private static ConditionFactory within(Duration deadline) {
        return Awaitility.await().atMost(deadline).pollInterval(POLL).pollDelay(Duration.ZERO);
    }
}
