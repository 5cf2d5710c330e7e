package io.tallymark.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.utils.Time;

/** A real broker that clients reach over TLS and with a password (SCRAM) only; what brokers say to each other stays on a port of its own. */
public final class SecuredKafka implements AutoCloseable {
    private static final int ITERATIONS = 4096;

    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private final String insideAddress;

    private SecuredKafka(KafkaRaftServer server, String bootstrapServers, String insideAddress) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
        this.insideAddress = insideAddress;
    }

    /** @param keyStore PKCS12 with the broker's key and certificate */
    public static SecuredKafka start(Path directory, Path keyStore, String keyStorePassword) {
        KafkaExit.leaveProcessAlone();
        String inside = ListenPort.LOOPBACK + ":" + ListenPort.free().resolve();
        String outside = ListenPort.LOOPBACK + ":" + ListenPort.free().resolve();
        Map<String, String> properties = KafkaProperties.of(directory, inside);
        properties.merge("listeners", "OUTSIDE://" + outside, SecuredKafka::list);
        properties.merge("advertised.listeners", "OUTSIDE://" + outside, SecuredKafka::list);
        properties.merge("listener.security.protocol.map", "OUTSIDE:SASL_SSL", SecuredKafka::list);
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("listener.name.outside.ssl.keystore.type", "PKCS12");
        properties.put("listener.name.outside.ssl.keystore.location", keyStore.toString());
        properties.put("listener.name.outside.ssl.keystore.password", keyStorePassword);
        properties.put("listener.name.outside.sasl.enabled.mechanisms", "SCRAM-SHA-512");
        properties.put(
                "listener.name.outside.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        KafkaStorage.format(directory, properties);
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        server.startup();
        return new SecuredKafka(server, outside, inside);
    }

    public void createUser(String name, String password) throws Exception {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, insideAddress))) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS), password)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static String list(String first, String second) {
        return first + "," + second;
    }
}
