package io.tallymark.ingest;

import io.tallymark.usage.UserError;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** What the broker says about the offsets of the topic of usage events, by partition. Every question has a deadline. */
public final class TopicOffsets implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long NO_RECORD = -1;

    private final IngestSettings settings;
    private final Admin admin;

    private TopicOffsets(IngestSettings settings, Admin admin) {
        this.settings = settings;
        this.admin = admin;
    }

    /**
     * The first record that is still there.
     *
     * @param appendTimeMillis time at which Kafka stored it, ms since the epoch
     */
    public record FirstRecord(long offset, long appendTimeMillis) {}

    public static TopicOffsets open(IngestSettings settings) {
        Properties properties = KafkaProperties.of(settings.kafkaProperties());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        return new TopicOffsets(settings, Admin.create(properties));
    }

    /** Where each partition begins: 0, unless older records are gone. */
    public Map<Integer, Long> begins() {
        return list(OffsetSpec.earliest(), ListOffsetsResultInfo::offset);
    }

    /** One more than the last record that a reader of committed records may see. */
    public Map<Integer, Long> ends() {
        return list(OffsetSpec.latest(), ListOffsetsResultInfo::offset);
    }

    /** The first offset stored at that time or later; partitions without one are missing. */
    public Map<Integer, Long> from(Instant appendTime) {
        return found(appendTime.toEpochMilli()).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    /** The first record of each partition; empty partitions are missing. */
    public Map<Integer, FirstRecord> firstRecords() {
        return found(0);
    }

    @Override
    public void close() {
        admin.close(TIMEOUT);
    }

    private Map<Integer, FirstRecord> found(long appendTimeMillis) {
        Map<Integer, FirstRecord> found = list(
                OffsetSpec.forTimestamp(Math.max(0, appendTimeMillis)),
                info -> new FirstRecord(info.offset(), info.timestamp()));
        found.values().removeIf(record -> record.offset() == NO_RECORD);
        return found;
    }

    private <T> Map<Integer, T> list(OffsetSpec spec, Function<ListOffsetsResultInfo, T> reading) {
        try {
            Map<TopicPartition, OffsetSpec> question = question(spec);
            Map<Integer, T> answer = new TreeMap<>();
            get(admin.listOffsets(question, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                            .all())
                    .forEach((partition, info) -> answer.put(partition.partition(), reading.apply(info)));
            return answer;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw unanswered(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unanswered(e);
        }
    }

    private Map<TopicPartition, OffsetSpec> question(OffsetSpec spec)
            throws ExecutionException, InterruptedException, TimeoutException {
        TopicDescription topic = Objects.requireNonNull(
                get(admin.describeTopics(Set.of(settings.topic())).allTopicNames())
                        .get(settings.topic()));
        return topic.partitions().stream()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(settings.topic(), partition.partition()), partition -> spec));
    }

    private static <T> T get(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private UserError unanswered(Exception e) {
        return new UserError(
                "kafka.topic: " + settings.bootstrapServers() + " does not say the offsets of " + settings.topic(),
                "./tallymark doctor",
                e);
    }
}
