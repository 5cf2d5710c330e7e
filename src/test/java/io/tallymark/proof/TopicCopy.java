package io.tallymark.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallymark.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * All records of a topic, to be copied into others: timestamps, keys, bytes and headers stay as they are.
 *
 * @param records in order of append time, so that it goes back in no partition, and what came first in one partition stays first
 */
record TopicCopy(EmbeddedKafka kafka, List<ConsumerRecord<byte[], byte[]>> records) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(100);

    static TopicCopy of(EmbeddedKafka kafka, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = readAll(kafka, topic);
        records.sort(Comparator.<ConsumerRecord<byte[], byte[]>>comparingLong(ConsumerRecord::timestamp)
                .thenComparing(ConsumerRecord::partition)
                .thenComparing(ConsumerRecord::offset));
        return new TopicCopy(kafka, records);
    }

    /** The part of the records before that index, and the part from it on. */
    TopicCopy before(int index) {
        return new TopicCopy(kafka, records.subList(0, index));
    }

    TopicCopy from(int index) {
        return new TopicCopy(kafka, records.subList(index, records.size()));
    }

    /** Into the partitions in which they were. */
    void sendTo(String topic) {
        send(topic, ConsumerRecord::partition);
    }

    /** Into so many partitions, by event id. */
    void sendById(String topic, int partitions) {
        send(topic, record -> Math.floorMod(identity(record).hashCode(), partitions));
    }

    private void send(String topic, ToIntFunction<ConsumerRecord<byte[], byte[]>> partition) {
        try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                var unused = producer.send(new ProducerRecord<>(
                        topic,
                        partition.applyAsInt(record),
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        record.headers()));
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> readAll(EmbeddedKafka kafka, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<Integer, Long> ends = kafka.endOffsets(topic);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = ends.keySet().stream()
                    .map(p -> new TopicPartition(topic, p))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p.partition(), 0L))) {
                consumer.poll(POLL).forEach(records::add);
            }
        }
        return records;
    }

    /** Source and id, where they can be read; otherwise the bytes. */
    private static String identity(ConsumerRecord<byte[], byte[]> record) {
        Header id = record.headers().lastHeader("ce_id");
        Header source = record.headers().lastHeader("ce_source");
        if (id != null && source != null) {
            return text(source) + " " + text(id);
        }
        try {
            JsonNode event = JSON.readTree(record.value() == null ? new byte[0] : record.value());
            if (event.path("id").isTextual()) {
                return event.path("source").asText() + " " + event.path("id").asText();
            }
        } catch (IOException e) {
            // No event: any partition will do, as long as it is always the same.
            return Arrays.toString(record.value());
        }
        return Arrays.toString(record.value());
    }

    private static String text(Header header) {
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private static KafkaProducer<byte[], byte[]> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
