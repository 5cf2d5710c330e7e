package io.tallymark.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The state of every release, found by walking {@code src/test/resources/savepoints}, is resumed by this code at another parallelism and
 * goes on to exact totals: repeats, voids and late events of what lies before the savepoint come after it.
 */
class ReleasedStateIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final int PARALLELISM_BEFORE = 1;
    private static final int PARALLELISM = 3;

    private static ProofStack stack;

    static List<ReleasedState> releases() throws IOException {
        return ReleasedState.all();
    }

    @BeforeAll
    static void start() throws Exception {
        stack = ProofStack.start();
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void goesOnToExactTotals(ReleasedState release) throws Exception {
        ReleasedState.Expected expected = release.expected();
        TopicCopy records = new TopicCopy(stack.kafka(), StoredRecords.read(release.records()));
        String name = release.word();
        stack.createTopic(name, ReleasedState.PARTITIONS);
        records.before(expected.middle()).sendTo(name);
        var settings = stack.settings(name, name, expected.meters());
        // The table as the release left it; this run's own state is thrown away.
        try (MeteringRun before = MeteringRun.start(stack, settings, PARALLELISM_BEFORE)) {
            before.awaitWritten(expected.middle(), DEADLINE);
        }

        String savepoint = release.savepoint().toUri().toString();
        try (MeteringRun after = MeteringRun.resume(stack, settings, PARALLELISM, savepoint)) {
            records.from(expected.middle()).sendTo(name);
            after.awaitRest(expected.counts().read(), DEADLINE);

            assertThat(after.rows()).isEqualTo(expected.rows());
            assertThat(after.balanceSheet().counts()).isEqualTo(expected.counts());
            assertThat(after.balanceSheet().problems(stack.kafka().endOffsets(name)))
                    .isEmpty();
            assertThat(after.failures()).isEmpty();
        }
    }
}
