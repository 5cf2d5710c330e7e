package io.tallymark.embedded.traffic;

import io.tallymark.usage.UserError;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks at the topic before any traffic goes to it, so that a wrong address or name is told at once. */
public final class TrafficTopic {
    private static final int TIMEOUT_MILLIS = 10_000;

    private TrafficTopic() {}

    /**
     * Number of partitions of a topic.
     *
     * @throws UserError when the broker cannot be reached or has no such topic
     */
    public static int partitions(String bootstrapServers, String topic) {
        try (Admin admin = admin(bootstrapServers)) {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                    .map(TopicDescription::partitions)
                    .mapToInt(List::size)
                    .sum();
        } catch (ExecutionException | KafkaException e) {
            throw e.getCause() instanceof UnknownTopicOrPartitionException
                    ? new UserError("Kafka has no topic " + topic, "create it, or name another topic", e)
                    : unreachable(bootstrapServers, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(bootstrapServers, e);
        }
    }

    private static Admin admin(String bootstrapServers) {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS));
    }

    private static UserError unreachable(String bootstrapServers, Exception cause) {
        return new UserError(
                "cannot reach Kafka at " + bootstrapServers, "check the address, and that the broker is up", cause);
    }
}
