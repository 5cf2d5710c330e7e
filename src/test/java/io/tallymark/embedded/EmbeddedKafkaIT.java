package io.tallymark.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.UserError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
    private static final Duration POLL = Duration.ofMillis(200);

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start(@TempDir Path directory) {
        kafka = EmbeddedKafka.start(directory, ListenPort.free());
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void keepsWhatWasCommittedAndHidesWhatWasAborted() throws Exception {
        kafka.createTopic("transactions", 1, Map.of());
        try (KafkaProducer<String, String> producer = producer(Map.of("transactional.id", "writer"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("transactions", "aborted")).get();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("transactions", "committed")).get();
            producer.commitTransaction();
        }

        assertThat(read("transactions", 1)).extracting(ConsumerRecord::value).containsExactly("committed");
    }

    @Test
    void stampsRecordsItselfOnALogAppendTimeTopic() throws Exception {
        kafka.createTopic("stamped", 2, Map.of("message.timestamp.type", "LogAppendTime"));
        long before = System.currentTimeMillis();
        send(new ProducerRecord<>("stamped", 0, 1L, "key", "value"));

        ConsumerRecord<String, String> read = read("stamped", 1).get(0);

        assertThat(read.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(read.timestamp()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void keepsTheProducersTimeOfASimulatedDay() throws Exception {
        kafka.createTopic("simulated", 1, Map.of("message.timestamp.type", "CreateTime"));
        long longAgo = 86_400_000L;
        long farAhead = System.currentTimeMillis() + Duration.ofDays(400).toMillis();
        send(new ProducerRecord<>("simulated", 0, longAgo, "key", "old"));
        send(new ProducerRecord<>("simulated", 0, farAhead, "key", "new"));

        assertThat(read("simulated", 2)).extracting(ConsumerRecord::timestamp).containsExactly(longAgo, farAhead);
    }

    @Test
    void tellsWhereEachPartitionEnds() throws Exception {
        kafka.createTopic("ends", 2, Map.of());
        send(new ProducerRecord<>("ends", 1, "key", "value"));

        assertThat(kafka.endOffsets("ends")).containsExactly(Map.entry(0, 0L), Map.entry(1, 1L));
    }

    @Test
    void saysWhichFlagMovesItFromATakenPort(@TempDir Path other) {
        int taken = Integer.parseInt(kafka.bootstrapServers().replaceFirst(".*:", ""));

        assertThatThrownBy(() -> EmbeddedKafka.start(other, ListenPort.given(taken, "--kafka-port")))
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.remedy()).contains("--kafka-port"))
                .hasMessage("port " + taken + " is taken");
    }

    private static void send(ProducerRecord<String, String> record) throws Exception {
        try (KafkaProducer<String, String> producer = producer(Map.of())) {
            producer.send(record).get();
        }
    }

    private static KafkaProducer<String, String> producer(Map<String, Object> extra) {
        Map<String, Object> settings = new HashMap<>(extra);
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private static List<ConsumerRecord<String, String>> read(String topic, int count) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "group.id",
                "reader-of-" + topic,
                "auto.offset.reset",
                "earliest",
                "isolation.level",
                "read_committed");
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(kafka.endOffsets(topic).keySet().stream()
                    .map(partition -> new TopicPartition(topic, partition))
                    .toList());
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(POLL).forEach(records::add);
                return records.size() >= count;
            });
        }
        return records;
    }
}
