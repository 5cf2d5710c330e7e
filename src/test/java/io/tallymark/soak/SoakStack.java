package io.tallymark.soak;

import io.tallymark.chaos.ChaosStack;
import io.tallymark.chaos.ChaosTraffic;
import io.tallymark.chaos.FlinkCluster;
import io.tallymark.chaos.KafkaServer;
import io.tallymark.chaos.PostgresServer;
import io.tallymark.chaos.SimulatorServer;
import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.SimulatedAccount;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.usage.DatabaseAccess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HeartbeatManagerOptions;

/** The parts of the chaos suite without its proxies, and with a cluster that is as patient as the committed {@code flink-conf}. */
final class SoakStack {
    static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(5);

    private static final int TASK_MANAGERS = 2;

    private SoakStack() {}

    /** Starts everything but Kafka; the job may still be starting when this returns. */
    static ChaosStack start(Teardown teardown, Collection<String> customers, KafkaServer kafka, WorkDirectory work)
            throws Exception {
        PostgresServer postgres =
                teardown.open(() -> PostgresServer.start(work.root().resolve("postgres")));
        SimulatorServer simulator =
                teardown.open(() -> SimulatorServer.start(work.root().resolve("simulator")));
        kafka.createTopic(ChaosTraffic.TOPIC, ChaosTraffic.PARTITIONS, Map.of("message.timestamp.type", "CreateTime"));
        kafka.createTopic(ChaosStack.DEAD_LETTERS, 1, Map.of());
        Path file = configuration(work, kafka.bootstrapServers(), postgres.access(), simulator.directBase());
        Settings settings =
                SettingsLoader.load(file).on(kafka.bootstrapServers(), postgres.access(), simulator.directBase());
        Map<String, String> stripeIds;
        try (StripeReadings stripe = simulator.open()) {
            SimulatedAccount.createMeters(settings, stripe);
            stripeIds = SimulatedAccount.createCustomers(customers, stripe, postgres.access());
        }
        Path directory = work.directory("flink");
        FlinkCluster flink = teardown.open(() -> new FlinkCluster(directory, file, TASK_MANAGERS));
        relax(directory.resolve("conf"));
        flink.tend();
        return new ChaosStack(kafka, postgres, simulator, flink, flink, settings, stripeIds);
    }

    /** The chaos suite takes a part for dead after seconds of silence; here a busy machine must not look like that. */
    private static void relax(Path conf) throws IOException {
        Configuration settings = GlobalConfiguration.loadConfiguration(conf.toString());
        settings.removeConfig(HeartbeatManagerOptions.HEARTBEAT_INTERVAL);
        settings.removeConfig(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT);
        settings.removeConfig(CheckpointingOptions.CHECKPOINTING_TIMEOUT);
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        Files.write(conf.resolve("config.yaml"), ConfigurationUtils.convertConfigToWritableLines(settings, false));
    }

    private static Path configuration(WorkDirectory work, String kafka, DatabaseAccess postgres, URI stripe)
            throws IOException {
        return Files.writeString(
                work.root().resolve("tallymark.yaml"),
                """
                kafka: {bootstrap-servers: "%s", topic: %s, dead-letter-topic: %s, trust-create-time: true}
                postgres: {url: "%s", user: %s}
                metering: {max-lateness: %dh, early-results: 5s, close-delay: 2m}
                stripe: {api-base: "%s", max-requests-per-second: 1000, concurrency: 32}
                reconcile: {sweep-calls-per-second: 10, check-after: 2m, summary-lag: 1m}
                """.formatted(
                                        kafka,
                                        ChaosTraffic.TOPIC,
                                        ChaosStack.DEAD_LETTERS,
                                        postgres.url(),
                                        postgres.user(),
                                        SoakPlan.MAX_LATENESS.toHours(),
                                        stripe)
                        + ChaosStack.METERS);
    }
}
