package io.tallymark.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.traffic.AppendTime;
import io.tallymark.embedded.traffic.Pace;
import io.tallymark.embedded.traffic.Traffic;
import io.tallymark.embedded.traffic.TrafficMix;
import io.tallymark.embedded.traffic.TrafficProducer;
import io.tallymark.embedded.traffic.TrafficSettings;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthKeeper;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Run once for each release: {@code ./mvnw verify -Dit.test=SaveReleasedStateIT -Drelease.name=VERSION}. Leaves what {@link
 * ReleasedStateIT} tries with all later code.
 */
@EnabledIfSystemProperty(named = "release.name", matches = ".+", disabledReason = "only a release leaves its state")
class SaveReleasedStateIT {
    private static final long SEED = 20_261_127;
    private static final int RECORDS = 3_000;
    private static final int CUSTOMERS = 8;
    private static final int PARALLELISM = 2;
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    /** Where the savepoint must never depend on the day on which it was made. */
    private static final LocalDate DAY = LocalDate.of(2026, 11, 1);

    @Test
    void leavesASavepointWithItsRecordsAndTheirTruth() throws Exception {
        ReleasedState state = ReleasedState.of(System.getProperty("release.name"));
        assertThat(state.directory()).as("a released state is never made again").doesNotExist();
        try (ProofStack stack = ProofStack.start()) {
            stack.createTopic("all", ReleasedState.PARTITIONS);
            Truth truth = send(stack, "all");
            TopicCopy records = TopicCopy.of(stack.kafka(), "all");
            int middle = RECORDS / 2;
            stack.createTopic(state.word(), ReleasedState.PARTITIONS);
            records.before(middle).sendTo(state.word());
            String meters = ProofStack.demoMeters();
            MeteringRun run = MeteringRun.start(stack, stack.settings(state.word(), state.word(), meters), PARALLELISM);
            run.awaitRead(middle, DEADLINE);
            String savepoint = run.stopWithSavepoint();

            copy(Path.of(URI.create(savepoint)), state.savepoint());
            StoredRecords.write(state.records(), records.records());
            state.expect(new ReleasedState.Expected(meters, middle, UsageRows.of(truth), truth.counts()));
        }
    }

    private static Truth send(ProofStack stack, String topic) {
        // Voids, conflicts and repeats of what came before the savepoint come after it.
        TrafficMix mix = new TrafficMix(300, 80, 40, 20, 60, 3, 3, 10, 10);
        TrafficSettings settings = new TrafficSettings(SEED, topic, RECORDS, ReleasedState.PARTITIONS, CUSTOMERS, mix);
        TruthKeeper keeper = new TruthKeeper();
        try (TrafficProducer producer = TrafficProducer.open(stack.kafka().bootstrapServers())) {
            producer.send(
                    new Traffic(settings, AppendTime.simulatedDay(DAY, RECORDS)), Pace.unlimited(), keeper, n -> {});
        }
        return keeper.truth();
    }

    private static void copy(Path from, Path to) throws Exception {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
