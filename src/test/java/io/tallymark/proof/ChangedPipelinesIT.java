package io.tallymark.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.traffic.OutcomeCounts;
import io.tallymark.upgrade.UpgradeCheck;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What other pipelines do across a savepoint, as docs/operations.md has it. Before it the event a is counted; after it come a once more, and
 * b. Nothing is due, so no Stripe is needed.
 */
class ChangedPipelinesIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final int PARALLELISM = 2;
    private static final String METERING = "pipelines: [metering]\n";
    private static final String BOTH = "pipelines: [metering, reporting]\n";
    private static final String NOT_RECONCILING = BOTH + "reconcile: {enabled: false}\n";

    private static ProofStack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = ProofStack.start();
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void reportingAndReconcilingAreDroppedWithTheOptionAloneAndMeteringKeepsItsState() throws Exception {
        Stopped both = stopped("dropped", BOTH);

        both.isRefused(METERING);
        both.isRefused(NOT_RECONCILING);

        assertThat(both.goesOn(NOT_RECONCILING, true).counted()).isEqualTo(2);
    }

    @Test
    void reportingIsDroppedWithTheOption() throws Exception {
        assertThat(stopped("alone", BOTH).goesOn(METERING, true).duplicates()).isEqualTo(1);
    }

    @Test
    void meteringIsNotDropped() throws Exception {
        Stopped both = stopped("reporting", BOTH);

        both.isRefused("pipelines: [reporting]\n");
    }

    @Test
    void reportingComesWithoutMore() throws Exception {
        Stopped metering = stopped("added", METERING);

        assertThat(UpgradeCheck.of(metering.settings(BOTH)).refused()).isFalse();
        assertThat(metering.goesOn(BOTH, false).duplicates()).isEqualTo(1);
    }

    /** A job that has counted one event and was stopped. */
    private record Stopped(String topic, String text, String savepoint) {
        Settings settings(String pipelines) {
            Settings read = SettingsLoader.fromText(
                    topic,
                    text.replace(METERING, pipelines)
                            + "meters: [{metric: calls, event-type: llm, aggregation: count}]\n");
            return read.on(stack.kafka().bootstrapServers(), read.database(), URI.create("http://127.0.0.1:1"));
        }

        void isRefused(String pipelines) throws Exception {
            assertThat(UpgradeCheck.of(settings(pipelines)).refused()).isTrue();
            assertThatThrownBy(() -> MeteringRun.start(stack, settings(pipelines), PARALLELISM, from(false)))
                    .hasStackTraceContaining("Cannot map checkpoint/savepoint state for operator");
        }

        OutcomeCounts goesOn(String pipelines, boolean dropping) throws Exception {
            send(topic, "a", "b");
            try (MeteringRun run = MeteringRun.start(stack, settings(pipelines), PARALLELISM, from(dropping))) {
                run.awaitWritten(3, DEADLINE);
                assertThat(run.failures()).isEmpty();
                return run.balanceSheet().counts();
            }
        }

        private Configuration from(boolean dropping) {
            return EmbeddedFlink.from(savepoint).set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, dropping);
        }
    }

    private static Stopped stopped(String topic, String pipelines) throws Exception {
        stack.createTopic(topic, 1);
        Stopped unstarted = new Stopped(topic, stack.settingsText(topic, topic), "");
        send(topic, "a");
        MeteringRun run = MeteringRun.start(stack, unstarted.settings(pipelines), PARALLELISM);
        run.awaitWritten(1, DEADLINE);
        return new Stopped(topic, unstarted.text(), run.stopWithSavepoint());
    }

    private static void send(String topic, String... ids) {
        new TopicCopy(
                        stack.kafka(),
                        List.of(ids).stream().map(ChangedPipelinesIT::event).toList())
                .sendTo(topic);
    }

    private static ConsumerRecord<byte[], byte[]> event(String id) {
        String json = """
                {"id": "%s", "source": "test", "type": "llm", "subject": "acme"}
                """.formatted(id);
        return new ConsumerRecord<>(
                "",
                0,
                0,
                Instant.parse("2026-11-01T12:00:00Z").toEpochMilli(),
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                null,
                json.getBytes(StandardCharsets.UTF_8),
                new RecordHeaders(),
                Optional.empty());
    }
}
