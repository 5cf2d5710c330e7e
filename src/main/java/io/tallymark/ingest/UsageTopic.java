package io.tallymark.ingest;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetIdentifierProvider;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The partitions of exactly that topic which the job began with: one of the same name that was created later is refused. */
final class UsageTopic implements KafkaSubscriber, KafkaDatasetIdentifierProvider {
    private static final long serialVersionUID = 1L;

    private final StartingPoint start;

    UsageTopic(StartingPoint start) {
        this.start = start;
    }

    @Override
    public Set<TopicPartition> getSubscribedTopicPartitions(AdminClient admin) {
        TopicDescription description = describe(admin);
        if (!start.isOfTopicId(description.topicId().toString())) {
            throw Refusal.recreatedTopic(start.topic());
        }
        return description.partitions().stream()
                .map(partition -> new TopicPartition(start.topic(), partition.partition()))
                .collect(Collectors.toSet());
    }

    @Override
    public Optional<DefaultKafkaDatasetIdentifier> getDatasetIdentifier() {
        return Optional.of(DefaultKafkaDatasetIdentifier.ofTopics(List.of(start.topic())));
    }

    /** Without a deadline of its own: Flink asks in a thread for this purpose, and Kafka's client has one. */
    private TopicDescription describe(AdminClient admin) {
        try {
            return KafkaTopicReadings.describe(admin, start.topic()).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw Refusal.missingTopic(start.topic());
            }
            throw new KafkaException("cannot list the partitions of " + start.topic(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while listing the partitions of " + start.topic(), e);
        }
    }
}
