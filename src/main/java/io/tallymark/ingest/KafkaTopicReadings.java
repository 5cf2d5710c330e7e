package io.tallymark.ingest;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** Asks a real broker. Safe for use by several threads. */
final class KafkaTopicReadings implements TopicReadings {
    static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Admin admin;
    private final String topic;

    private KafkaTopicReadings(Admin admin, String topic) {
        this.admin = admin;
        this.topic = topic;
    }

    /** Connects when the first question is asked; {@link #close} ends it. */
    static KafkaTopicReadings open(IngestSettings settings) {
        return new KafkaTopicReadings(Admin.create(adminProperties(settings)), settings.topic());
    }

    static Properties adminProperties(IngestSettings settings) {
        Properties properties = KafkaProperties.of(settings.kafkaProperties());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(DEADLINE.toMillis()));
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(DEADLINE.toMillis() / 2));
        return properties;
    }

    @Override
    public Layout layout() {
        TopicDescription description = answer(describe(admin, topic));
        Set<Integer> partitions = description.partitions().stream()
                .map(TopicPartitionInfo::partition)
                .collect(Collectors.toUnmodifiableSet());
        return new Layout(description.topicId().toString(), partitions);
    }

    static KafkaFuture<TopicDescription> describe(Admin admin, String topic) {
        return Objects.requireNonNull(
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic),
                "Kafka's client answers what it was asked");
    }

    @Override
    public Map<Integer, OffsetRange> ranges(Set<Integer> partitions) {
        Map<Integer, ListOffsetsResultInfo> begins = all(partitions, OffsetSpec.earliest());
        Map<Integer, ListOffsetsResultInfo> ends = all(partitions, OffsetSpec.latest());
        Map<Integer, OffsetRange> ranges = new HashMap<>();
        begins.forEach((partition, begin) -> {
            ListOffsetsResultInfo end = ends.get(partition);
            if (end != null) {
                ranges.put(partition, new OffsetRange(begin.offset(), end.offset()));
            }
        });
        return ranges;
    }

    @Override
    public Map<Integer, Long> committedEnds(Set<Integer> partitions) {
        ListOffsetsResult result = admin.listOffsets(
                specs(partitions, OffsetSpec.latest()), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        Map<Integer, Long> ends = new HashMap<>();
        KafkaException unanswered = null;
        for (int partition : partitions) {
            try {
                ends.put(
                        partition,
                        answer(result.partitionResult(new TopicPartition(topic, partition)))
                                .offset());
            } catch (KafkaException e) {
                unanswered = e;
            }
        }
        if (ends.isEmpty() && unanswered != null) {
            throw unanswered;
        }
        return ends;
    }

    @Override
    public Map<Integer, Long> offsetsFrom(Set<Integer> partitions, long appendTimeMillis) {
        return firstFrom(partitions, appendTimeMillis, ListOffsetsResultInfo::offset);
    }

    @Override
    public Map<Integer, Long> firstAppendMillis(Set<Integer> partitions) {
        return firstFrom(partitions, 0, ListOffsetsResultInfo::timestamp);
    }

    /** Of the first record stored at a time or later; Kafka says -1 where there is none. */
    private Map<Integer, Long> firstFrom(
            Set<Integer> partitions, long appendTimeMillis, ToLongFunction<ListOffsetsResultInfo> reading) {
        Map<Integer, Long> found = new HashMap<>();
        all(partitions, OffsetSpec.forTimestamp(Math.max(0, appendTimeMillis))).forEach((partition, first) -> {
            if (first.offset() >= 0) {
                found.put(partition, reading.applyAsLong(first));
            }
        });
        return found;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }

    private Map<Integer, ListOffsetsResultInfo> all(Set<Integer> partitions, OffsetSpec spec) {
        Map<Integer, ListOffsetsResultInfo> byPartition = new HashMap<>();
        answer(admin.listOffsets(specs(partitions, spec)).all())
                .forEach((partition, info) -> byPartition.put(partition.partition(), info));
        return byPartition;
    }

    private Map<TopicPartition, OffsetSpec> specs(Set<Integer> partitions, OffsetSpec spec) {
        return partitions.stream()
                .collect(Collectors.toMap(partition -> new TopicPartition(topic, partition), partition -> spec));
    }

    private static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException refused) {
                throw refused;
            }
            throw new KafkaException("Kafka's client failed", e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException("Kafka does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }
}
