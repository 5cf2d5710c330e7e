package io.tallymark.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.traffic.AppendTime;
import io.tallymark.embedded.traffic.OutcomeCounts;
import io.tallymark.usage.RejectReason;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Damaged records, and well-formed ones among them, through a real broker, Flink and database: the job never fails, every record is
 * accounted for, and the well-formed ones are counted exactly. {@code -Dfuzz.records=N} sends more, {@code -Dfuzz.seed=S} others.
 */
class FuzzIT {
    private static final long RECORDS = Long.getLong("fuzz.records", 50_000);
    private static final long SEED = Long.getLong("fuzz.seed", 20_261_122);
    private static final Duration DEADLINE = Duration.ofSeconds(90 + RECORDS / 1_500);
    private static final String TOPIC = "usage-events";
    private static final int PARTITIONS = 4;
    private static final int PARALLELISM = 2;

    @Test
    void accountsForEveryRecordAndCountsTheWellFormedOnesExactly() throws Exception {
        print("%,d records and %d that close the day, seed %d".formatted(RECORDS, PARTITIONS, SEED));
        try (ProofStack stack = ProofStack.start()) {
            stack.createTopic(TOPIC, PARTITIONS);
            assertEverythingIsAccountedFor(stack, stack.run("fuzz", TOPIC, PARALLELISM));
        }
    }

    private static void assertEverythingIsAccountedFor(ProofStack stack, MeteringRun fuzzed) throws Exception {
        try (MeteringRun run = fuzzed) {
            FuzzFeed feed = new FuzzFeed(TOPIC, PARTITIONS, RECORDS, SEED);
            LocalDate yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1);
            long started = System.nanoTime();
            long sent = feed.send(stack.kafka().bootstrapServers(), AppendTime.simulatedDay(yesterday, RECORDS));
            print("sent in %d s".formatted(secondsSince(started)));
            run.awaitRest(sent, DEADLINE);
            print("all read and every hour closed after %d s".formatted(secondsSince(started)));

            OutcomeCounts counts = run.balanceSheet().counts();
            print(counts);
            assertThat(run.failures()).isEmpty();
            assertThat(run.balanceSheet().problems(stack.kafka().endOffsets(TOPIC)))
                    .isEmpty();
            assertThat(counts.read()).isEqualTo(sent);
            assertThat(run.letters()).isEqualTo(counts.deadLettered());
            List<String> rows = run.rows();
            List<String> good = rows.stream()
                    .filter(row -> row.contains(" | " + FuzzFeed.GOOD))
                    .toList();
            print("%,d rows, %,d of them of well-formed events, hash %s"
                    .formatted(rows.size(), good.size(), UsageRows.hash(good)));
            assertThat(good).isNotEmpty().isEqualTo(UsageRows.of(feed.truth()));
            OutcomeCounts ofGood = feed.truth().counts();
            print("well-formed: counted %,d, withdrawn %,d, all exact".formatted(ofGood.counted(), ofGood.withdrawn()));
        }
    }

    private static void print(OutcomeCounts counts) {
        print(
                "read=%,d counted=%,d withdrawn=%,d duplicates=%,d conflicts=%,d void-waiting=%,d ignored=%,d dead-lettered=%,d"
                        .formatted(
                                counts.read(),
                                counts.counted(),
                                counts.withdrawn(),
                                counts.duplicates(),
                                counts.conflicts(),
                                counts.voidWaiting(),
                                counts.ignored(),
                                counts.deadLetters()));
        Map<RejectReason, Long> byReason = new TreeMap<>(counts.deadLettered());
        print("dead letters " + byReason);
    }

    private static long secondsSince(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos).toSeconds();
    }

    private static void print(String line) {
        System.out.println("fuzz: " + line);
    }
}
