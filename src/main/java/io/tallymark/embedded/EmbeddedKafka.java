package io.tallymark.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Time;

/** One real Kafka broker that is its own KRaft controller. Its data stays in the given directory, which the caller removes. */
public final class EmbeddedKafka implements AutoCloseable {
    private final KafkaRaftServer server;
    private final Admin admin;
    private final String bootstrapServers;

    private EmbeddedKafka(KafkaRaftServer server, Admin admin, String bootstrapServers) {
        this.server = server;
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts a broker on an empty directory; it takes topics when this returns.
     *
     * @throws io.tallymark.usage.UserError when the given port is taken
     */
    public static EmbeddedKafka start(Path directory, ListenPort port) {
        KafkaExit.leaveProcessAlone();
        String bootstrapServers = ListenPort.LOOPBACK + ":" + port.resolve();
        Map<String, String> properties = KafkaProperties.of(directory, bootstrapServers);
        KafkaStorage.format(directory, properties);
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        try {
            server.startup();
            return new EmbeddedKafka(server, admin(bootstrapServers), bootstrapServers);
        } catch (RuntimeException e) {
            server.shutdown();
            throw e;
        }
    }

    /** {@code host:port}, for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Creates a topic with one replica; returns when it can be written. */
    public void createTopic(String topic, int partitions, Map<String, String> config) {
        NewTopic newTopic = new NewTopic(topic, partitions, (short) 1).configs(config);
        await(() -> admin.createTopics(List.of(newTopic)).all().get());
        // Only a leader knows offsets. A producer that met the partitions before their leaders were up could write
        // batches out of order.
        await(() -> admin.listOffsets(beginnings(topic, partitions)).all().get());
    }

    /** Per partition the offset that the next record will get. */
    public Map<Integer, Long> endOffsets(String topic) {
        Map<TopicPartition, OffsetSpec> latest =
                await(() -> admin.describeTopics(List.of(topic)).allTopicNames().get()).values().stream()
                        .flatMap(description -> description.partitions().stream())
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> offsets =
                await(() -> admin.listOffsets(latest).all().get());
        Map<Integer, Long> byPartition = new TreeMap<>();
        offsets.forEach((partition, info) -> byPartition.put(partition.partition(), info.offset()));
        return byPartition;
    }

    /** Stops the broker and waits until it is down; producers and consumers should be closed before. */
    @Override
    public void close() {
        admin.close();
        server.shutdown();
        server.awaitShutdown();
    }

    private static Map<TopicPartition, OffsetSpec> beginnings(String topic, int partitions) {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.earliest()));
    }

    private static Admin admin(String bootstrapServers) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    private static <T> T await(AdminCall<T> call) {
        try {
            return call.get();
        } catch (ExecutionException e) {
            throw new KafkaException("the embedded broker refused", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while waiting for the embedded broker", e);
        }
    }

    @FunctionalInterface
    private interface AdminCall<T> {
        T get() throws ExecutionException, InterruptedException;
    }
}
