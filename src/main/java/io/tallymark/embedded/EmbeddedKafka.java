package io.tallymark.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
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
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.utils.Time;

/** One real Kafka broker that is its own KRaft controller. Its data stays in the given directory, which the caller removes. */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Duration LEADERS_WITHIN = Duration.ofSeconds(30);
    private static final Duration LEADERS_POLL = Duration.ofMillis(20);

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
        awaitLeaders(topic, partitions);
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

    /**
     * A producer that met partitions before their leaders were up could write a later batch first, and would be refused the earlier one
     * for ever. Only a leader answers for offsets.
     */
    private void awaitLeaders(String topic, int partitions) {
        Map<TopicPartition, OffsetSpec> beginnings = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.earliest()));
        long deadlineNanos = System.nanoTime() + LEADERS_WITHIN.toNanos();
        while (true) {
            try {
                await(() -> admin.listOffsets(beginnings).all().get());
                return;
            } catch (KafkaException e) {
                if (!(e.getCause() instanceof RetriableException) || System.nanoTime() > deadlineNanos) {
                    throw e;
                }
                LockSupport.parkNanos(LEADERS_POLL.toNanos());
            }
        }
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
