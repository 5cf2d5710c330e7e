package io.tallymark.audit.status;

import io.tallymark.ingest.IngestSettings;
import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What Kafka says about a topic: its offsets, and whether there are committed records between two of them. */
final class TopicLog implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** Bound on the reading of one whole status. */
    private static final Duration READING_TIME = Duration.ofSeconds(20);

    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrapServers;
    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private long readingNanosLeft = READING_TIME.toNanos();

    private TopicLog(String bootstrapServers, Admin admin, KafkaConsumer<byte[], byte[]> consumer) {
        this.bootstrapServers = bootstrapServers;
        this.admin = admin;
        this.consumer = consumer;
    }

    /**
     * Offsets of a partition.
     *
     * @param beginning smallest offset that is still there
     * @param committedEnd offset up to which a reader of committed records gets
     * @param end offset that the next record will get
     */
    record Offsets(long beginning, long committedEnd, long end) {}

    static TopicLog open(IngestSettings settings) {
        Properties properties = new Properties();
        properties.putAll(settings.kafkaProperties());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(TIMEOUT.toMillis()));
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(TIMEOUT.toMillis() / 2));
        Properties reading = new Properties();
        reading.putAll(properties);
        reading.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        reading.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        reading.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        try {
            Admin admin = Admin.create(properties);
            return new TopicLog(
                    settings.bootstrapServers(),
                    admin,
                    new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        } catch (KafkaException e) {
            throw unreachable(settings.bootstrapServers(), e);
        }
    }

    /**
     * The offsets of each partition; empty when the topic does not exist.
     *
     * @throws UserError when Kafka does not answer
     */
    Optional<Map<Integer, Offsets>> offsets(String topic) {
        try {
            List<TopicPartition> partitions =
                    get(admin.describeTopics(List.of(topic)).allTopicNames().toCompletionStage()).values().stream()
                            .flatMap(description -> description.partitions().stream())
                            .map(partition -> new TopicPartition(topic, partition.partition()))
                            .toList();
            Map<TopicPartition, ListOffsetsResultInfo> first =
                    list(partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
            Map<TopicPartition, ListOffsetsResultInfo> committed =
                    list(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
            Map<TopicPartition, ListOffsetsResultInfo> last =
                    list(partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
            Map<Integer, Offsets> offsets = new TreeMap<>();
            first.forEach((partition, info) -> offsets.put(
                    partition.partition(),
                    new Offsets(info.offset(), offset(committed, partition), offset(last, partition))));
            return Optional.of(offsets);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw unreachable(bootstrapServers, e);
        } catch (TimeoutException | KafkaException e) {
            throw unreachable(bootstrapServers, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(bootstrapServers, e);
        }
    }

    /**
     * Counts committed records by reading them.
     *
     * @param range must still be in the topic
     * @param timestamps which append times count, ms since the epoch
     * @param enough where to stop
     * @return empty when the time for reading ran out, or the records were deleted meanwhile
     */
    OptionalLong count(OffsetRange range, LongPredicate timestamps, long enough) {
        TopicPartition partition = new TopicPartition(range.topic(), range.partition());
        long started = System.nanoTime();
        try {
            consumer.assign(List.of(partition));
            consumer.seek(partition, range.first());
            long count = 0;
            while (count < enough && consumer.position(partition, TIMEOUT) < range.next()) {
                if (System.nanoTime() - started > readingNanosLeft) {
                    return OptionalLong.empty();
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() < range.next() && timestamps.test(record.timestamp())) {
                        count++;
                    }
                }
            }
            return OptionalLong.of(count);
        } catch (InvalidOffsetException e) {
            // Retention took the records away while we looked.
            return OptionalLong.empty();
        } catch (KafkaException e) {
            throw unreachable(bootstrapServers, e);
        } finally {
            readingNanosLeft -= System.nanoTime() - started;
        }
    }

    @Override
    public void close() {
        consumer.close();
        admin.close(TIMEOUT);
    }

    private Map<TopicPartition, ListOffsetsResultInfo> list(
            List<TopicPartition> partitions, OffsetSpec spec, IsolationLevel level)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> specs =
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> spec));
        return get(admin.listOffsets(specs, new ListOffsetsOptions(level)).all().toCompletionStage());
    }

    private static <T> T get(CompletionStage<T> answer)
            throws ExecutionException, InterruptedException, TimeoutException {
        return answer.toCompletableFuture().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static long offset(Map<TopicPartition, ListOffsetsResultInfo> offsets, TopicPartition partition) {
        ListOffsetsResultInfo info = offsets.get(partition);
        return info == null ? 0 : info.offset();
    }

    private static UserError unreachable(String bootstrapServers, Exception e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return new UserError(
                "kafka.bootstrap-servers: Kafka does not answer at " + bootstrapServers + " (" + reason + ")",
                "check the address, that the broker runs, and kafka.properties if it wants TLS or SASL",
                e);
    }
}
