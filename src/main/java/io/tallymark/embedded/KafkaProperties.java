package io.tallymark.embedded;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The broker's settings: one node, one replica of everything, small internal topics, quick to start and to stop. */
final class KafkaProperties {
    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private static final String CLIENT_LISTENER = "PLAINTEXT";
    private static final String ONE = "1";
    private static final String MAX_TRANSACTION_MILLIS = "3600000";

    private KafkaProperties() {}

    static Map<String, String> of(Path directory, String clientAddress) {
        Map<String, String> properties = new LinkedHashMap<>();
        putIdentity(properties, directory);
        putListeners(
                properties,
                clientAddress,
                ListenPort.LOOPBACK + ":" + ListenPort.free().resolve());
        putInternalTopics(properties);
        putTime(properties);
        putSize(properties);
        return properties;
    }

    private static void putIdentity(Map<String, String> properties, Path directory) {
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(NODE_ID));
        properties.put("log.dirs", directory.resolve("log").toString());
        properties.put("auto.create.topics.enable", "false");
    }

    private static void putListeners(Map<String, String> properties, String client, String controller) {
        String clientListener = CLIENT_LISTENER + "://" + client;
        properties.put("listeners", clientListener + "," + CONTROLLER_LISTENER + "://" + controller);
        properties.put("advertised.listeners", clientListener);
        properties.put("controller.listener.names", CONTROLLER_LISTENER);
        properties.put("controller.quorum.voters", NODE_ID + "@" + controller);
        properties.put(
                "listener.security.protocol.map", CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
    }

    private static void putInternalTopics(Map<String, String> properties) {
        properties.put("offsets.topic.num.partitions", ONE);
        properties.put("offsets.topic.replication.factor", ONE);
        properties.put("transaction.state.log.num.partitions", ONE);
        properties.put("transaction.state.log.replication.factor", ONE);
        properties.put("transaction.state.log.min.isr", ONE);
        properties.put("share.coordinator.state.topic.num.partitions", ONE);
        properties.put("share.coordinator.state.topic.replication.factor", ONE);
        properties.put("share.coordinator.state.topic.min.isr", ONE);
    }

    /** Records carry simulated times, so none may expire by its age or be refused for lying in the future. */
    private static void putTime(Map<String, String> properties) {
        properties.put("log.retention.ms", "-1");
        properties.put("log.message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
        properties.put("transaction.max.timeout.ms", MAX_TRANSACTION_MILLIS);
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("broker.heartbeat.interval.ms", "200");
        properties.put("controller.quorum.election.timeout.ms", "200");
        properties.put("controller.quorum.fetch.timeout.ms", "1000");
    }

    private static void putSize(Map<String, String> properties) {
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "4");
        properties.put("background.threads", "2");
        properties.put("log.cleaner.dedupe.buffer.size", "4194304");
        properties.put("log.index.size.max.bytes", "1048576");
    }
}
