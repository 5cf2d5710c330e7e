package io.tallymark.embedded.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.usage.UserError;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficProducerIT {
    private static final String TOPIC = "usage-events";

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start(@TempDir Path directory) {
        kafka = EmbeddedKafka.start(directory, ListenPort.free());
        kafka.createTopic(TOPIC, SampleTraffic.PARTITIONS, Map.of("message.timestamp.type", "CreateTime"));
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void storesEveryRecordOfADayOnce() {
        TruthKeeper truth = new TruthKeeper();
        try (TrafficProducer producer = TrafficProducer.open(kafka.bootstrapServers())) {
            producer.send(SampleTraffic.standard(1, 50_000), Pace.unlimited(), truth, count -> {});
        }

        long stored = kafka.endOffsets(TOPIC).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        assertThat(stored).isEqualTo(50_000 + SampleTraffic.PARTITIONS);
        assertThat(truth.truth()).isEqualTo(SampleTraffic.truth(SampleTraffic.standard(1, 50_000)));
    }

    @Test
    void looksAtItsTopicBefore() {
        String bootstrapServers = kafka.bootstrapServers();

        assertThat(TrafficTopic.partitions(bootstrapServers, TOPIC)).isEqualTo(SampleTraffic.PARTITIONS);
        assertThatThrownBy(() -> TrafficTopic.partitions(bootstrapServers, "nowhere"))
                .isInstanceOf(UserError.class)
                .hasMessage("Kafka has no topic nowhere");
        assertThatThrownBy(() -> TrafficTopic.partitions("no such address", TOPIC))
                .isInstanceOf(UserError.class)
                .hasMessage("cannot reach Kafka at no such address");
    }
}
