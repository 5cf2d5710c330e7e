package io.tallymark.chaos;

import io.tallymark.embedded.BrokerFiles;
import io.tallymark.embedded.ListenPort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** A Kafka broker as an operator starts it, which comes back on its log. Flink reaches it through a proxy, everybody else directly. */
public final class KafkaServer implements AutoCloseable {
    /** Silence after which the controller takes the broker for dead and its partitions have no leader. */
    static final Duration SESSION = Duration.ofSeconds(3);

    /**
     * A broker that starts again takes a producer's last record time for its last sign of life. With the traffic's times of weeks ago it
     * would forget the producer, and store what is sent again a second time.
     */
    private static final Duration PRODUCER_EXPIRATION = Duration.ofDays(24);

    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final int CALL_SECONDS = 20;
    private static final String CALL_MILLIS = "5000";

    private final ChaosProcess process;
    private final LoopbackProxy proxy;
    private final String direct;
    private final List<String> command;

    private KafkaServer(ChaosProcess process, LoopbackProxy proxy, String direct, List<String> command) {
        this.process = process;
        this.proxy = proxy;
        this.direct = direct;
        this.command = command;
    }

    public static KafkaServer start(Path directory) throws IOException {
        int clientPort = ListenPort.free().resolve();
        int proxiedPort = ListenPort.free().resolve();
        LoopbackProxy proxy = LoopbackProxy.to(proxiedPort);
        Path properties = BrokerFiles.prepare(
                directory,
                clientPort,
                proxiedPort,
                proxy.port(),
                Map.of(
                        "broker.session.timeout.ms",
                        Long.toString(SESSION.toMillis()),
                        "producer.id.expiration.ms",
                        Long.toString(PRODUCER_EXPIRATION.toMillis())));
        List<String> command = ChaosProcess.java(List.of(
                "-Xmx320m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dtallymark.log=" + directory.resolveSibling("broker.log"),
                "-cp",
                System.getProperty("java.class.path"),
                "kafka.Kafka",
                properties.toString()));
        KafkaServer server = new KafkaServer(
                new ChaosProcess(directory, Map.of()), proxy, ListenPort.LOOPBACK + ":" + clientPort, command);
        server.tend();
        server.awaitUp();
        return server;
    }

    public ChaosProcess process() {
        return process;
    }

    LoopbackProxy proxy() {
        return proxy;
    }

    /** For this process. */
    public String bootstrapServers() {
        return direct;
    }

    /** For Flink. */
    String proxiedServers() {
        return ListenPort.LOOPBACK + ":" + proxy.port();
    }

    /** Starts it again if it is dead. */
    void tend() throws IOException {
        if (!process.isAlive()) {
            process.start(command);
        }
    }

    public void createTopic(String topic, int partitions, Map<String, String> config) throws Exception {
        try (Admin admin = admin()) {
            NewTopic newTopic = new NewTopic(topic, partitions, (short) 1).configs(config);
            admin.createTopics(List.of(newTopic)).all().get(CALL_SECONDS, TimeUnit.SECONDS);
        }
        // A producer that meets partitions before their leaders are up may write a later batch first.
        awaitOffsets(topic, partitions);
    }

    /** Per partition the offset that the next record will get. */
    Map<Integer, Long> endOffsets(String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        Map<Integer, Long> ends = new TreeMap<>();
        try (Admin admin = admin()) {
            admin.listOffsets(latest)
                    .all()
                    .get(CALL_SECONDS, TimeUnit.SECONDS)
                    .forEach((partition, info) -> ends.put(partition.partition(), info.offset()));
        }
        return ends;
    }

    /** Transactions that somebody began and nobody ended. */
    List<String> openTransactions() throws Exception {
        try (Admin admin = admin()) {
            return admin.listTransactions().all().get(CALL_SECONDS, TimeUnit.SECONDS).stream()
                    .filter(listing -> listing.state() == TransactionState.ONGOING
                            || listing.state() == TransactionState.PREPARE_COMMIT
                            || listing.state() == TransactionState.PREPARE_ABORT)
                    .map(TransactionListing::toString)
                    .toList();
        }
    }

    @Override
    public void close() throws IOException {
        process.close();
        proxy.close();
    }

    private void awaitUp() {
        Awaitility.await("broker up").atMost(STARTUP).until(() -> {
            try (Admin admin = admin()) {
                return !admin.describeCluster()
                        .nodes()
                        .get(CALL_SECONDS, TimeUnit.SECONDS)
                        .isEmpty();
            } catch (ExecutionException | TimeoutException e) {
                return false;
            }
        });
    }

    private void awaitOffsets(String topic, int partitions) {
        Awaitility.await("leaders of " + topic).atMost(STARTUP).until(() -> {
            try {
                return endOffsets(topic, partitions).size() == partitions;
            } catch (ExecutionException | TimeoutException e) {
                return false;
            }
        });
    }

    private Admin admin() {
        return Admin.create(Map.of(
                "bootstrap.servers", direct, "default.api.timeout.ms", CALL_MILLIS, "request.timeout.ms", CALL_MILLIS));
    }
}
