package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The check of the topics on a real broker. */
class TopicCheckIT {
    private static WorkDirectory work;
    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        work = WorkDirectory.create();
        kafka = EmbeddedKafka.start(work.directory("kafka"), ListenPort.free());
        kafka.createTopic("events", 2, Map.of("message.timestamp.type", "LogAppendTime"));
        kafka.createTopic("forgeable", 2, Map.of("message.timestamp.type", "CreateTime"));
        kafka.createTopic("letters", 1, Map.of());
        kafka.createTopic("small-letters", 1, Map.of("max.message.bytes", "1000"));
        kafka.createTopic("compacted", 1, Map.of("cleanup.policy", "compact,delete"));
    }

    @AfterAll
    static void stop() {
        kafka.close();
        work.close();
    }

    @Test
    void findsNothingWrongWithGoodTopics() {
        assertThat(check(kafka.bootstrapServers(), "events", "letters", false)).isEmpty();
    }

    @Test
    void namesEveryMissingTopicWithItsRemedy() {
        List<UserError> problems = check(kafka.bootstrapServers(), "no-events", "no-letters", false);

        assertThat(problems)
                .extracting(UserError::getMessage)
                .satisfiesExactly(
                        events -> assertThat(events).startsWith("kafka.topic: ").contains("no-events does not exist"),
                        letters -> assertThat(letters)
                                .startsWith("kafka.dead-letter-topic: ")
                                .contains("no-letters does not exist"));
        assertThat(problems.get(0).remedy()).contains("--create --topic no-events", "LogAppendTime");
    }

    @Test
    void refusesTimestampsThatProducersChoose() {
        List<UserError> problems = check(kafka.bootstrapServers(), "forgeable", "letters", false);

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0)).hasMessageContaining("forgeable has message.timestamp.type=CreateTime");
        assertThat(problems.get(0).remedy()).contains("kafka-configs.sh", "kafka.trust-create-time: true");
    }

    @Test
    void takesThemWhenToldTo() {
        assertThat(check(kafka.bootstrapServers(), "forgeable", "letters", true))
                .isEmpty();
    }

    @Test
    void refusesADeadLetterTopicThatIsTooSmallForItsLetters() {
        List<UserError> problems = check(kafka.bootstrapServers(), "events", "small-letters", false);

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0)).hasMessageContaining("small-letters has max.message.bytes=1000");
    }

    @Test
    void refusesATopicThatKafkaCompacts() {
        List<UserError> problems = check(kafka.bootstrapServers(), "compacted", "letters", true);

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0)).hasMessageContaining("compacted has cleanup.policy=compact");
        assertThat(problems.get(0).remedy()).contains("cleanup.policy=delete");
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void saysWithinBoundedTimeThatNobodyAnswers() {
        String nobody = ListenPort.LOOPBACK + ":" + ListenPort.free().resolve();
        List<UserError> problems = check(nobody, "events", "letters", false);

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0)).hasMessageContaining("Kafka does not answer at " + nobody);
    }

    @Test
    void saysThatAHostDoesNotExist() {
        assertThat(check("no-such-host.invalid:9092", "events", "letters", false))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem).hasMessageContaining("does not answer at no-such-host.invalid:9092"));
    }

    private static List<UserError> check(
            String servers, String topic, String deadLetterTopic, boolean trustCreateTime) {
        IngestSettings settings = new IngestSettings(
                servers,
                topic,
                "tallymark",
                trustCreateTime,
                Map.of(),
                IngestSettings.DEFAULT_MAX_RECORD_BYTES,
                false,
                IngestSettings.DEFAULT_MAX_LATENESS,
                IngestSettings.DEFAULT_CLOSE_DELAY,
                Duration.ofSeconds(1),
                List.of());
        return new TopicCheck(settings, deadLetterTopic).problems();
    }
}
