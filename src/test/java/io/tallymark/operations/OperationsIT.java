package io.tallymark.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.operations.Guide.Section;
import io.tallymark.operations.History.Line;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Follows docs/operations.md to the letter while events come in, and compares the table with the truth after each section. */
@Timeout(value = 25, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OperationsIT {
    /** As of a client that was interrupted: Flink goes on, and nobody writes down with which savepoint the job ended. */
    private static final String INTERRUPTED_STOP = """
            rest "/jobs/$(present_job)/stop" -H 'Content-Type: application/json' -d '{"drain": false}'
            while [ -n "$(present_job)" ]; do sleep 0.2; done
            stop_job
            run_job "$(current_release)" "$(last_state)"
            checkpoint
            """;

    private static final Path DOCUMENT = Path.of("docs", "operations.md");
    private static final int SOME = 30;
    private static final long SEED = Long.getLong("tallymark.seed", System.nanoTime());

    private final BilledUsage usage = new BilledUsage();
    private Surroundings parts;
    private Deployment deployment;
    private Shell shell;
    private Traffic traffic;
    private int linesSeen;
    private Map<Integer, Long> countedByTheFirst = Map.of();

    @BeforeEach
    void start() throws Exception {
        believeBuilt();
        parts = Surroundings.start();
        deployment = parts.teardown().open(() -> new Deployment(parts.deployment()));
        shell = parts.teardown().open(() -> Shell.start(parts.directory("shell"), parts.variables()));
        traffic = parts.teardown().open(() -> new Traffic(parts.bootstrapServers(), usage, SEED));
        traffic.flow(true);
    }

    @AfterEach
    void end() {
        parts.close();
    }

    @Test
    void leadsFromTheFirstDeploymentToTheRollbackAndThroughAYear() throws Exception {
        for (Section section : Guide.read(DOCUMENT)) {
            System.out.println(Instant.now() + " " + section.title());
            happen(section.title());
            for (String block : section.blocks()) {
                replayOnceMore(block);
                shell.run(block);
                learn();
            }
            settle(section.title());
        }
        traffic.flow(false);
        eventually("what Stripe bills").untilAsserted(() -> {
            Map<String, BigDecimal> closed = parts.books().closedTotals();
            assertThat(parts.billed(closed.keySet())).isEqualTo(closed);
        });
        shell.run("stop_job; stop taskmanager; stop jobmanager\n");

        assertThat(tableTotals()).as("seed %d", SEED).isEqualTo(usage.totals());
        assertThat(parts.books().records("read")).isEqualTo(traffic.records());
        assertThat(parts.books().records("counted")).isEqualTo(usage.size());
        assertThat(deployment.history().lines().stream().filter(Line::started).map(Line::release))
                .containsExactly("1", "2", "3", "2", "1-metering", "1", "1", "1", "1", "1", "1");
        assertThat(deployment.history().lines()).extracting(Line::state).containsOnlyOnce("empty");
        assertThat(shell.printed())
                .containsSubsequence(
                        "migrate: applied",
                        "Job has been submitted with JobID",
                        "health: OK",
                        "the job goes on, with what is noted above",
                        "Savepoint completed. Path: ",
                        "nothing that is compared differs: the job goes on",
                        "is up to date",
                        "replay: applied",
                        "replay: SAME",
                        "reconcile: OK");
    }

    /** What happens to machines is not in the document. */
    private void happen(String title) throws Exception {
        List<String> lost = switch (title) {
            case "A TaskManager is gone" -> List.of("taskmanager");
            case "The JobManager is gone" -> List.of("jobmanager", "taskmanager");
            default -> List.of();
        };
        for (String name : lost) {
            deployment.kill(name);
        }
        if (title.startsWith("8. ")) {
            shell.run(INTERRUPTED_STOP);
            learn();
        }
        if (title.equals("Go back to the backup")) {
            traffic.flow(false);
        }
    }

    /** What the document says of rows that only a release which was rolled back wrote, when their hour is over. */
    private void replayOnceMore(String block) throws Exception {
        if (block.contains("./tallymark sync") && parts.books().hasOpenHoursThatAreOver()) {
            shell.run("until ./tallymark replay $(replay_hours 2 7) --apply; do sleep 2; done\n");
        }
    }

    /** While the job is stopped come events for which it matters which release counts them. */
    private void learn() throws IOException {
        List<Line> lines = deployment.history().lines();
        for (Line line : lines.subList(linesSeen, lines.size())) {
            if (line.started()) {
                usage.started(line.release(), line.state());
            } else {
                usage.stopped(line.state());
            }
        }
        boolean stopped =
                lines.size() > linesSeen && !lines.get(lines.size() - 1).started();
        linesSeen = lines.size();
        if (stopped) {
            traffic.sendUnbillable(SOME);
        }
    }

    private void settle(String title) throws Exception {
        if (linesSeen == 0) {
            return;
        }
        traffic.flow(false);
        traffic.sendUnbillable(SOME);
        eventually("after " + title + ", seed " + SEED)
                .untilAsserted(() -> assertThat(tableTotals()).isEqualTo(usage.totals()));
        switch (title) {
            case "1. Deploy" -> {
                parts.mapCustomers(BilledUsage.customers());
                countedByTheFirst = parts.endOffsets();
            }
            case "The JobManager is gone" -> awaitTheTaskManagerThatWasLeft();
            default -> {}
        }
        if (deployment.history().lines().stream()
                .anyMatch(line -> line.release().equals("1-metering"))) {
            // The replay needed them. Only savepoints know them now: a job that starts without one is found out.
            parts.deleteRecordsBefore(countedByTheFirst);
        }
        traffic.flow(true);
    }

    /** Its old reporting went on beside that of the new job until it missed the old JobManager; now it works for the new one. */
    private void awaitTheTaskManagerThatWasLeft() {
        eventually("both TaskManagers at the new JobManager")
                .untilAsserted(() -> assertThat(shell.run("rest /taskmanagers | jq '.taskmanagers | length'\n")
                                .strip())
                        .isEqualTo("2"));
    }

    private Map<String, BigDecimal> tableTotals() throws SQLException {
        return parts.books().totals(usage.regionless());
    }

    private static ConditionFactory eventually(String what) {
        return Awaitility.await(what).atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(200));
    }

    /** Under Maven everything is built by now; without this the launcher, which has not seen it, would build inside of the build. */
    private static void believeBuilt() throws IOException {
        if (System.getProperty("tallymark.job-jar") != null) {
            Files.writeString(Path.of("target", "launcher", "built"), "");
        }
    }
}
