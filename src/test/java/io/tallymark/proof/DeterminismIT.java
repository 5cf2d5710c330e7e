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
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One topic's records, read at several parallelisms, with and without a restart in their middle, and by id in other partition counts: the
 * rows, their digests and every outcome are the same each time, and are the generator's truth. {@code -Ddeterminism.records=N} sends
 * more, {@code -Ddeterminism.seed=S} others.
 */
class DeterminismIT {
    private static final long RECORDS = Long.getLong("determinism.records", 30_000);
    private static final long SEED = Long.getLong("determinism.seed", 20_261_122);
    private static final Duration DEADLINE = Duration.ofSeconds(150 + RECORDS / 1_000);
    private static final int PARTITIONS = 4;
    private static final String TOPIC = "usage-events";

    private static ProofStack stack;
    private static Truth truth;
    private static TopicCopy records;
    private static List<String> expected;

    enum Disturbance {
        NONE,
        TASK_MANAGER_LOST,
        SAVEPOINT
    }

    /** A way to read the records; the second half is sent after the disturbance. */
    record Scenario(int parallelism, int partitions, Disturbance disturbance, int thenParallelism) {
        static Scenario undisturbed(int parallelism, int partitions) {
            return new Scenario(parallelism, partitions, Disturbance.NONE, parallelism);
        }

        static Scenario lost(int parallelism, int partitions) {
            return new Scenario(parallelism, partitions, Disturbance.TASK_MANAGER_LOST, parallelism);
        }

        static Scenario moved(int parallelism, int thenParallelism, int partitions) {
            return new Scenario(parallelism, partitions, Disturbance.SAVEPOINT, thenParallelism);
        }

        String name() {
            return "run_p%d_%d_t%d_%s"
                    .formatted(
                            parallelism,
                            thenParallelism,
                            partitions,
                            disturbance.name().toLowerCase(Locale.ROOT));
        }

        @Override
        public String toString() {
            String what = switch (disturbance) {
                case NONE -> "undisturbed";
                case TASK_MANAGER_LOST -> "TaskManager lost";
                case SAVEPOINT -> "savepoint, on at " + thenParallelism;
            };
            return "parallelism %d  partitions %d  %-20s".formatted(parallelism, partitions, what);
        }
    }

    static Stream<Scenario> scenarios() {
        return Stream.of(
                Scenario.undisturbed(1, PARTITIONS),
                Scenario.undisturbed(2, PARTITIONS),
                Scenario.undisturbed(4, PARTITIONS),
                Scenario.lost(1, PARTITIONS),
                Scenario.lost(2, PARTITIONS),
                Scenario.lost(4, PARTITIONS),
                Scenario.moved(1, 4, PARTITIONS),
                Scenario.moved(4, 2, PARTITIONS),
                Scenario.undisturbed(2, 1),
                Scenario.lost(2, 3),
                Scenario.moved(2, 4, 8));
    }

    @BeforeAll
    static void sendTheTraffic() throws Exception {
        stack = ProofStack.start();
        stack.createTopic(TOPIC, PARTITIONS);
        // Months of the table are made around today, so the simulated day is the one before it.
        LocalDate day = LocalDate.ofInstant(
                        Clock.systemUTC().instant(), Clock.systemUTC().getZone())
                .minusDays(1);
        TrafficMix mix = new TrafficMix(300, 60, 20, 10, 40, 3, 3, 10, 10);
        TrafficSettings settings = new TrafficSettings(SEED, TOPIC, RECORDS, PARTITIONS, 20, mix);
        TruthKeeper keeper = new TruthKeeper();
        try (TrafficProducer producer = TrafficProducer.open(stack.kafka().bootstrapServers())) {
            Traffic traffic = new Traffic(settings, AppendTime.simulatedDay(day, RECORDS));
            producer.send(traffic, Pace.unlimited(), keeper, count -> {});
        }
        truth = keeper.truth();
        records = TopicCopy.of(stack.kafka(), TOPIC);
        expected = UsageRows.of(truth);
        print(RECORDS + " records, seed " + SEED + ": " + truth.counts());
        print("%-52s  rows %d  hash %s".formatted("truth", expected.size(), UsageRows.hash(expected)));
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void givesTheSameRowsAndOutcomes(Scenario scenario) throws Exception {
        String topic = scenario.name();
        stack.createTopic(topic, scenario.partitions());
        boolean disturbed = scenario.disturbance() != Disturbance.NONE;
        int middle = disturbed ? (int) RECORDS / 2 : 0;
        send(records.before(middle), scenario);
        try (MeteringRun run = stack.run(scenario.name(), topic, scenario.parallelism())) {
            if (disturbed) {
                run.awaitRead(1, DEADLINE);
                disturb(run, scenario);
            }
            send(records.from(middle), scenario);
            run.awaitRest(truth.counts().read(), DEADLINE);
            assertThat(run.failures().isEmpty()).isEqualTo(scenario.disturbance() != Disturbance.TASK_MANAGER_LOST);

            List<String> rows = run.rows();
            print(scenario + "  rows " + rows.size() + "  hash " + UsageRows.hash(rows));
            assertThat(rows).isEqualTo(expected);
            assertThat(run.balanceSheet().counts()).isEqualTo(truth.counts());
            assertThat(run.balanceSheet().problems(stack.kafka().endOffsets(topic)))
                    .isEmpty();
            assertThat(run.letters()).isEqualTo(truth.counts().deadLettered());
        }
    }

    private static void disturb(MeteringRun run, Scenario scenario) throws Exception {
        if (scenario.disturbance() == Disturbance.TASK_MANAGER_LOST) {
            run.loseTaskManager();
        } else {
            run.moveTo(scenario.thenParallelism());
        }
    }

    /** Copied as they are where the number of partitions is that of the first topic. */
    private static void send(TopicCopy part, Scenario scenario) {
        if (scenario.partitions() == PARTITIONS) {
            part.sendTo(scenario.name());
        } else {
            part.sendById(scenario.name(), scenario.partitions());
        }
    }

    private static void print(String line) {
        System.out.println("determinism: " + line);
    }
}
