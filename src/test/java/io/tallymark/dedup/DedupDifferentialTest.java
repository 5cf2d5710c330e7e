package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.dedup.DedupRun.Backend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The sharded operator does what the plain one does, record by record, over random traffic, checkpoints and changes of parallelism.
 * {@code -Ddedup.events=N -Ddedup.seed=S} for more, or for the same again.
 */
class DedupDifferentialTest {
    private static final int RUNS = 4;

    private final int records = Integer.getInteger("dedup.events", 40_000) / RUNS;
    private final long seed = Long.getLong("dedup.seed", System.nanoTime());

    @ParameterizedTest
    @EnumSource(Backend.class)
    void shardedDoesWhatPlainDoes(Backend backend) throws Exception {
        System.out.println("DedupDifferentialTest seed " + seed);
        for (int run = 0; run < RUNS / 2; run++) {
            try (DedupRun both = new DedupRun(seed + run, backend)) {
                both.play(records);
                assertThat(both.outcomes())
                        .as("seed %d meets every rule", seed)
                        .contains(
                                "COUNTED",
                                "DUPLICATE",
                                "CONFLICT",
                                "WITHDRAWN",
                                "VOID_WAITING",
                                "DEAD_LETTERED",
                                "task failed");
                both.forgetAll();
            }
        }
    }
}
