package io.tallymark.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.traffic.OutcomeCounts;
import io.tallymark.upgrade.UpgradeCheck;
import io.tallymark.usage.RejectReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a change of the configuration does across a savepoint, as docs/operations.md has it. Before it the events a (5 tokens) and b (7,
 * cached) of noon are counted; after it come a once more, c of noon (11, cached), d of two days ago, and one that closes noon.
 */
class ChangedConfigurationIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final String TOKENS =
            "  - {metric: tokens, event-type: llm, aggregation: sum, value: data.tokens}\n";
    private static final String PEAK = "  - {metric: peak, event-type: llm, aggregation: max, value: data.tokens}\n";
    private static final String CALLS = "  - {metric: calls, event-type: llm, aggregation: count}\n";

    private static ProofStack stack;

    /** What was at noon in the end, and what became of all records. */
    private record Result(List<String> noon, OutcomeCounts counts) {}

    @BeforeAll
    static void start() throws Exception {
        stack = ProofStack.start();
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void anotherParallelismChangesNothing() throws Exception {
        Result result = change("parallelism", 3, yaml -> yaml);

        assertThat(result.noon()).containsExactly("peak 11 of 3", "tokens 23 of 3");
        assertThat(result.counts().duplicates()).isEqualTo(1);
    }

    /** What was counted once cannot be counted for it; the repeat is a conflict, since it would add something else now. */
    @Test
    void anAddedMeterCountsWhatIsReadFromThenOn() throws Exception {
        Result result = change("added", 1, yaml -> yaml + CALLS);

        assertThat(result.noon()).containsExactly("calls 1 of 1", "peak 11 of 3", "tokens 23 of 3");
        assertThat(result.counts().duplicates()).isZero();
        assertThat(result.counts().conflicts()).isEqualTo(1);
    }

    @Test
    void aRemovedMeterClosesItsHoursWithWhatWasCounted() throws Exception {
        Result result = change("removed", 1, yaml -> yaml.replace(PEAK, ""));

        assertThat(result.noon()).containsExactly("peak 7 of 2", "tokens 23 of 3");
    }

    @Test
    void anotherFilterHoldsForWhatIsReadFromThenOn() throws Exception {
        String uncached = TOKENS.replace("}", ", where: {data.cached: \"false\"}}");

        Result result = change("filtered", 1, yaml -> yaml.replace(TOKENS, uncached));

        assertThat(result.noon()).containsExactly("peak 11 of 3", "tokens 12 of 2");
    }

    @Test
    void aShorterMaxLatenessRefusesOlderEvents() throws Exception {
        Result result = change("shorter", 1, yaml -> yaml.replace("max-lateness: 7d", "max-lateness: 1d"));

        assertThat(result.noon()).containsExactly("peak 11 of 3", "tokens 23 of 3");
        assertThat(result.counts().deadLettered()).containsEntry(RejectReason.TOO_LATE, 1L);
    }

    @Test
    void aLongerMaxLatenessEndsTheJob() throws Exception {
        assertEnds(
                "longer",
                yaml -> yaml.replace("max-lateness: 7d", "max-lateness: 8d"),
                "metering.max-lateness is 192h, but the job's state is of a job that remembered ids for 168h");
    }

    @Test
    void anotherAggregationEndsTheJob() throws Exception {
        assertEnds(
                "aggregation",
                yaml -> yaml.replace("aggregation: max", "aggregation: last"),
                "the meter peak has aggregation last, but the job's state has totals of it by max");
    }

    private static Result change(String name, int parallelism, UnaryOperator<String> change) throws Exception {
        String yaml = yaml(name);
        Settings changed = settings(name, change.apply(yaml));
        MeteringRun first = startFirst(name, yaml);
        assertThat(UpgradeCheck.of(changed).refused()).isFalse();
        try (MeteringRun second = first.changeTo(changed, parallelism)) {
            send(
                    name,
                    List.of(
                            event("a", NOON, 5, false),
                            event("c", NOON, 11, true),
                            event("d", NOON.minus(Duration.ofDays(2)), 100, false),
                            event("end", NOON.plus(Duration.ofHours(2)), 0, false)));
            second.awaitWritten(6, DEADLINE);
            assertThat(second.balanceSheet().problems(stack.kafka().endOffsets(name)))
                    .isEmpty();
            assertThat(second.failures()).isEmpty();
            return new Result(noon(second), second.balanceSheet().counts());
        }
    }

    private static void assertEnds(String name, UnaryOperator<String> change, String message) throws Exception {
        String yaml = yaml(name);
        Settings changed = settings(name, change.apply(yaml));
        MeteringRun first = startFirst(name, yaml);
        assertThat(UpgradeCheck.of(changed).refused()).isTrue();
        try (MeteringRun second = first.changeTo(changed, 2)) {
            assertThat(second.awaitFailure()).contains(message);
        }
    }

    private static MeteringRun startFirst(String name, String yaml) throws Exception {
        stack.createTopic(name, 1);
        send(name, List.of(event("a", NOON, 5, false), event("b", NOON, 7, true)));
        MeteringRun first = MeteringRun.start(stack, settings(name, yaml), 2);
        first.awaitWritten(2, DEADLINE);
        return first;
    }

    private static String yaml(String name) throws Exception {
        return stack.settingsText(name, name) + "meters:\n" + TOKENS + PEAK;
    }

    private static Settings settings(String name, String yaml) {
        return SettingsLoader.fromText(name, yaml);
    }

    private static List<String> noon(MeteringRun run) throws Exception {
        return run.rows().stream()
                .map(row -> row.split(" \\| ", -1))
                .filter(row -> row[3].equals(NOON.toString()))
                .map(row -> row[0] + " " + row[4] + " of " + row[5])
                .toList();
    }

    private static void send(String topic, List<ConsumerRecord<byte[], byte[]>> events) {
        new TopicCopy(stack.kafka(), events).sendTo(topic);
    }

    /** Stored soon after noon, or when it happened if that is later. */
    private static ConsumerRecord<byte[], byte[]> event(String id, Instant time, long tokens, boolean cached) {
        String json = """
                {"id": "%s", "source": "test", "type": "llm", "subject": "acme", "time": "%s",
                 "data": {"tokens": %d, "cached": "%s"}}
                """.formatted(id, time, tokens, cached);
        long append = Math.max(time.toEpochMilli(), NOON.toEpochMilli());
        return new ConsumerRecord<>(
                "",
                0,
                0,
                append,
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                null,
                json.getBytes(StandardCharsets.UTF_8),
                new RecordHeaders(),
                Optional.empty());
    }
}
