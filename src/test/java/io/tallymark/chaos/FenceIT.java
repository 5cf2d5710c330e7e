package io.tallymark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.traffic.Truth;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A TaskManager stands still with totals on their way to the database, is taken for dead, and wakes up after its successor has written
 * newer ones. What it sent then arrives.
 */
@Tag("chaos")
@Tag("long")
class FenceIT {
    private static final long SEED = Long.getLong("seed", 1);
    private static final double RECORDS_PER_SECOND = 200;
    /** The running hour must not close: then early totals are refused anyway. */
    private static final double SPEED = 1;
    /** More than most statements have that are not a batch of totals. */
    private static final int BATCH_BYTES = 1_500;

    /** Longer than a writer lets its batch wait, so that both have sent one. */
    private static final Duration ALL_WRITERS = Duration.ofMillis(1_500);

    private static final Duration LATE_WRITES = Duration.ofSeconds(3);
    private static final String WITHOUT_FENCE = """
            CREATE OR REPLACE FUNCTION fenced_epoch(row_epoch bigint, writer_epoch bigint) RETURNS bigint
                LANGUAGE sql IMMUTABLE AS 'SELECT greatest(row_epoch, writer_epoch)'
            """;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aZombieIsRefusedWithTheFenceAndOverwritesItsSuccessorWithoutIt() throws Exception {
        System.out.println("chaos: fence, seed " + SEED);
        try (ChaosRun run = ChaosRun.start(SEED, RECORDS_PER_SECOND, SPEED)) {
            assertThat(differencesAfterAZombie(run)).as("with the fence").isEmpty();
            assertThat(run.stack().postgres().log()).contains("is fenced");

            new Queries(run.stack().settings().database()).execute(WITHOUT_FENCE);
            run.traffic().flow();
            List<String> differences = differencesAfterAZombie(run);

            System.out.println("chaos: without the fence " + differences.size() + " differences, such as "
                    + differences.stream().limit(2).toList());
            assertThat(differences).as("without the fence").isNotEmpty();
        }
    }

    private static List<String> differencesAfterAZombie(ChaosRun run) throws Exception {
        ChaosProcess zombie = run.stack().flink().taskManager(0);
        LoopbackProxy network = run.stack().postgres().proxy();
        run.await("both TaskManagers", () -> run.stack().flink().isComplete());
        long before = run.traffic().stored();
        run.await("progress", () -> run.accounted() > before);

        network.holdWhoSends(BATCH_BYTES);
        run.await("totals on their way", () -> network.heldLinks() > 0);
        run.calm(ALL_WRITERS);
        zombie.freeze();
        long frozen = run.traffic().stored();
        run.await("successor", () -> run.accounted() > frozen);
        run.traffic().rest();
        Truth truth = run.traffic().truth();
        run.await("truth", () -> run.metering().tableDifferences(truth).isEmpty());

        network.mend();
        zombie.wake();
        run.await("both TaskManagers", () -> run.stack().flink().isComplete());
        run.calm(LATE_WRITES);
        return run.metering().tableDifferences(truth);
    }
}
