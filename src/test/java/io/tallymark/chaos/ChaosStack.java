package io.tallymark.chaos;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.SimulatedAccount;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.stripe.StripeReadings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/** All parts, each a process of its own, joined by proxies and under one directory. Metering and reporting are jobs of their own, each on its own cluster. */
public final class ChaosStack {
    private static final int TASK_MANAGERS = 2;
    public static final String DEAD_LETTERS = "usage-dead-letters";
    /** What the traffic feeds, one of each aggregation and mode; the end of a tallymark.yaml. */
    public static final String METERS = """
            meters:
              - {metric: api_requests, event-type: api.request, aggregation: count, dimensions: [data.region],
                 stripe: {event-name: api_requests, mode: hourly-total}}
              - {metric: api_bytes, event-type: api.request, aggregation: sum, value: data.bytes,
                 stripe: {event-name: api_bytes, mode: delta}}
              - {metric: llm_tokens, event-type: llm.completion, aggregation: sum, value: data.tokens,
                 dimensions: [data.model], where: {data.cached: "false"},
                 stripe: {event-name: llm_tokens, mode: hourly-total}}
              - {metric: llm_peak_context, event-type: llm.completion, aggregation: max, value: data.context}
              - {metric: llm_last_price, event-type: llm.completion, aggregation: last, value: data.price}
            """;

    private final KafkaServer kafka;
    private final PostgresServer postgres;
    private final SimulatorServer simulator;
    private final FlinkCluster flink;
    private final FlinkCluster reporter;
    private final Settings settings;
    private final Map<String, String> stripeIds;

    public ChaosStack(
            KafkaServer kafka,
            PostgresServer postgres,
            SimulatorServer simulator,
            FlinkCluster flink,
            FlinkCluster reporter,
            Settings settings,
            Map<String, String> stripeIds) {
        this.kafka = kafka;
        this.postgres = postgres;
        this.simulator = simulator;
        this.flink = flink;
        this.reporter = reporter;
        this.settings = settings;
        this.stripeIds = stripeIds;
    }

    /**
     * Starts everything; the jobs may still be starting when this returns.
     *
     * @param teardown ends it, Flink first
     * @param customers who have a Stripe customer
     */
    static ChaosStack start(Teardown teardown, Collection<String> customers, KafkaServer kafka, WorkDirectory work)
            throws Exception {
        PostgresServer postgres =
                teardown.open(() -> PostgresServer.start(work.root().resolve("postgres")));
        SimulatorServer simulator =
                teardown.open(() -> SimulatorServer.start(work.root().resolve("simulator")));
        kafka.createTopic(ChaosTraffic.TOPIC, ChaosTraffic.PARTITIONS, Map.of("message.timestamp.type", "CreateTime"));
        kafka.createTopic(DEAD_LETTERS, 1, Map.of());
        String configuration = configuration(kafka, postgres, simulator);
        Path file = Files.writeString(work.root().resolve("metering.yaml"), "pipelines: [metering]\n" + configuration);
        Settings settings =
                SettingsLoader.load(file).on(kafka.bootstrapServers(), postgres.access(), simulator.directBase());
        Map<String, String> stripeIds;
        try (StripeReadings stripe = simulator.open()) {
            SimulatedAccount.createMeters(settings, stripe);
            stripeIds = SimulatedAccount.createCustomers(customers, stripe, postgres.access());
        }
        FlinkCluster flink = cluster(teardown, work.directory("flink"), file, TASK_MANAGERS);
        Path reporting =
                Files.writeString(work.root().resolve("reporting.yaml"), "pipelines: [reporting]\n" + configuration);
        FlinkCluster reporter = cluster(teardown, work.directory("reporter"), reporting, 1);
        return new ChaosStack(kafka, postgres, simulator, flink, reporter, settings, stripeIds);
    }

    public KafkaServer kafka() {
        return kafka;
    }

    public PostgresServer postgres() {
        return postgres;
    }

    public SimulatorServer simulator() {
        return simulator;
    }

    /** Where metering runs. */
    public FlinkCluster flink() {
        return flink;
    }

    /** Where reporting runs. */
    FlinkCluster reporter() {
        return reporter;
    }

    /** With direct addresses. */
    public Settings settings() {
        return settings;
    }

    /** By subject. */
    public Map<String, String> stripeIds() {
        return stripeIds;
    }

    private static FlinkCluster cluster(Teardown teardown, Path directory, Path configuration, int taskManagers)
            throws Exception {
        FlinkCluster cluster = teardown.open(() -> new FlinkCluster(directory, configuration, taskManagers));
        cluster.tend();
        return cluster;
    }

    private static String configuration(KafkaServer kafka, PostgresServer postgres, SimulatorServer simulator) {
        return """
                kafka: {bootstrap-servers: "%s", topic: %s, dead-letter-topic: %s, trust-create-time: true}
                postgres: {url: "%s", user: %s}
                metering: {early-results: 200ms, close-delay: 2m, quiet-partition: 10s}
                stripe: {api-base: "%s", max-requests-per-second: 1000, concurrency: 32, call-deadline: 2s}
                reporting: {tick: 50ms, lease: 5s}
                """.formatted(
                                kafka.proxiedServers(),
                                ChaosTraffic.TOPIC,
                                DEAD_LETTERS,
                                postgres.proxiedAccess().url(),
                                postgres.proxiedAccess().user(),
                                simulator.proxiedBase())
                + METERS;
    }
}
