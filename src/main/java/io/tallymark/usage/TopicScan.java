package io.tallymark.usage;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic once, from chosen offsets to the ends that stood when it was opened: committed records only, one poll in memory, no
 * consumer group, nothing changed. Not thread-safe.
 */
public final class TopicScan implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER_TIME = Duration.ofSeconds(30);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String bootstrapServers;
    private final String topic;
    private final Map<Integer, Long> beginnings;
    private final Map<Integer, Long> ends;

    /**
     * Offsets of one partition.
     *
     * @param from first one to read
     * @param to first one not to read
     */
    public record Range(long from, long to) {
        /** Offsets in it; a topic may hold fewer records. */
        public long length() {
            return Math.max(0, to - from);
        }
    }

    private TopicScan(KafkaConsumer<byte[], byte[]> consumer, String bootstrapServers, String topic) {
        this.consumer = consumer;
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        List<PartitionInfo> known =
                Optional.ofNullable(consumer.partitionsFor(topic)).orElse(List.of());
        List<TopicPartition> partitions = known.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        this.beginnings = byPartition(consumer.beginningOffsets(partitions));
        this.ends = byPartition(consumer.endOffsets(partitions));
    }

    /**
     * Opens a topic; one that does not exist has no partitions.
     *
     * @param properties further client properties, such as those of TLS and SASL
     * @throws UserError when Kafka does not answer
     */
    public static TopicScan open(String bootstrapServers, String topic, Map<String, String> properties) {
        try {
            KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, properties);
            try {
                return new TopicScan(consumer, bootstrapServers, topic);
            } catch (RuntimeException e) {
                consumer.close();
                throw e;
            }
        } catch (KafkaException e) {
            // Silence, a refused login, or properties with which no client can be made.
            throw unreachable(bootstrapServers, e);
        }
    }

    /**
     * Itself, when the topic exists.
     *
     * @param key where the topic is named, for the message
     * @throws UserError when it does not exist
     */
    public TopicScan requireTopic(String key) {
        if (ends.isEmpty()) {
            consumer.close();
            throw new UserError(
                    key + ": the topic " + topic + " does not exist at " + bootstrapServers,
                    "name the topic of the running job with --config FILE");
        }
        return this;
    }

    /** Everything that is in the topic, by partition. */
    public Map<Integer, Range> everything() {
        Map<Integer, Range> ranges = new TreeMap<>();
        ends.forEach((partition, end) -> ranges.put(partition, new Range(beginnings.getOrDefault(partition, 0L), end)));
        return ranges;
    }

    /** For each partition the first offset stored at or after a time, ms since the epoch; its end when there is none. */
    public Map<Integer, Long> offsetsAt(long timeMillis) {
        Map<TopicPartition, Long> wanted = ends.keySet().stream()
                .collect(Collectors.toMap(this::topicPartition, partition -> Math.max(0, timeMillis)));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
        Map<Integer, Long> offsets = new TreeMap<>(ends);
        found.forEach((partition, offset) -> {
            if (offset != null) {
                offsets.put(partition.partition(), offset.offset());
            }
        });
        return offsets;
    }

    /**
     * Hands records over, in order within each partition, until all ranges are read or the handler has enough.
     *
     * @param handler returns whether to go on
     * @throws UserError when Kafka stops to answer
     */
    public void read(Map<Integer, Range> ranges, Predicate<ConsumerRecord<byte[], byte[]>> handler) {
        Map<TopicPartition, Range> open = new HashMap<>();
        ranges.forEach((partition, range) -> {
            if (range.length() > 0) {
                open.put(topicPartition(partition), range);
            }
        });
        consumer.assign(open.keySet());
        // A reading before this one may have left them paused.
        consumer.resume(open.keySet());
        open.forEach((partition, range) -> consumer.seek(partition, range.from()));
        long answeredNanos = System.nanoTime();
        while (!open.isEmpty()) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!handle(records, open, handler)) {
                return;
            }
            if (finishPartitions(open) || !records.isEmpty()) {
                answeredNanos = System.nanoTime();
            } else if (System.nanoTime() - answeredNanos > ANSWER_TIME.toNanos()) {
                throw unreachable(bootstrapServers, new TimeoutException("no records within " + ANSWER_TIME));
            }
        }
    }

    /** The record at an offset; empty when it is gone or never was. */
    public Optional<ConsumerRecord<byte[], byte[]>> at(int partition, long offset) {
        Range there = everything().getOrDefault(partition, new Range(0, 0));
        if (offset < there.from() || offset >= there.to()) {
            return Optional.empty();
        }
        Map<Long, ConsumerRecord<byte[], byte[]>> found = new HashMap<>();
        read(Map.of(partition, new Range(offset, offset + 1)), record -> found.put(record.offset(), record) != null);
        return Optional.ofNullable(found.get(offset));
    }

    @Override
    public void close() {
        consumer.close();
    }

    private static boolean handle(
            ConsumerRecords<byte[], byte[]> records,
            Map<TopicPartition, Range> open,
            Predicate<ConsumerRecord<byte[], byte[]>> handler) {
        for (TopicPartition partition : records.partitions()) {
            Range range = open.getOrDefault(partition, new Range(0, 0));
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                if (record.offset() < range.to() && !handler.test(record)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** By position, since the last offsets may be marks of a transaction, which are no records. */
    private boolean finishPartitions(Map<TopicPartition, Range> open) {
        List<TopicPartition> finished = open.keySet().stream()
                .filter(partition -> consumer.position(partition)
                        >= open.getOrDefault(partition, new Range(0, 0)).to())
                .toList();
        consumer.pause(finished);
        return open.keySet().removeAll(finished);
    }

    private TopicPartition topicPartition(int partition) {
        return new TopicPartition(topic, partition);
    }

    private static Map<Integer, Long> byPartition(Map<TopicPartition, Long> offsets) {
        Map<Integer, Long> byPartition = new TreeMap<>();
        offsets.forEach((partition, offset) -> byPartition.put(partition.partition(), offset));
        return byPartition;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static UserError unreachable(String bootstrapServers, KafkaException cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new UserError(
                "kafka.bootstrap-servers: Kafka does not answer at " + bootstrapServers + " (" + root.getMessage()
                        + ")",
                "check the address, that the broker runs, and kafka.properties if it wants TLS or SASL",
                cause);
    }
}
