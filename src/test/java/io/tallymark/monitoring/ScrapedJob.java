package io.tallymark.monitoring;

import io.tallymark.TallymarkJob;
import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.SimulatedAccount;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.StripeReadings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** The whole job on real parts, with the reporter as {@code flink-conf/config.yaml} sets it up, and a little of every kind of traffic. */
final class ScrapedJob implements AutoCloseable {
    private static final int PARTITIONS = 2;
    private static final int PARALLELISM = 2;

    private final Teardown teardown = Teardown.atExit();
    private final EmbeddedKafka kafka;
    private final int metricsPort = ListenPort.free().resolve();

    private ScrapedJob() throws Exception {
        WorkDirectory work = teardown.open(WorkDirectory::create);
        kafka = teardown.open(() -> EmbeddedKafka.start(work.directory("kafka"), ListenPort.free()));
        EmbeddedDatabase database =
                teardown.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
        StripeSimulator stripe =
                teardown.open(() -> StripeSimulator.start(ListenPort.free().resolve(), InstantSource.system()));
        EmbeddedFlink flink = teardown.open(() -> EmbeddedFlink.start(
                work.directory("flink"), ListenPort.free(), new EmbeddedFlink.Size(1, PARALLELISM), reporter()));
        kafka.createTopic("usage-events", PARTITIONS, Map.of("message.timestamp.type", "LogAppendTime"));
        kafka.createTopic("usage-dead-letters", 1, Map.of());
        Settings settings = SettingsLoader.load(configuration(work.root()))
                .on(kafka.bootstrapServers(), database.access(), stripe.apiBase());
        try (StripeReadings account = StripeReadings.open(settings.stripe())) {
            SimulatedAccount.createMeters(settings, account);
            SimulatedAccount.createCustomers(List.of("mapped"), account, database.access());
        }
        Configuration job = new Configuration();
        job.set(CoreOptions.DEFAULT_PARALLELISM, PARALLELISM);
        StreamExecutionEnvironment env = flink.environment(job);
        TallymarkJob.build(env, settings);
        env.executeAsync(TallymarkJob.name(settings));
    }

    static ScrapedJob start() throws Exception {
        return new ScrapedJob();
    }

    Scrape scrape() throws IOException, InterruptedException {
        return Scrape.of(metricsPort);
    }

    /** Counted in an hour that is over, counted again, counted for a customer without a mapping, and not readable. */
    void traffic() throws Exception {
        Instant lastHour = Instant.now().truncatedTo(ChronoUnit.HOURS).minusSeconds(1);
        List<String> records = new ArrayList<>(List.of(
                event("e-1", "mapped", lastHour),
                event("e-1", "mapped", lastHour),
                event("e-2", "nobody", lastHour),
                event("e-3", "mapped", Instant.now()),
                "no event"));
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < records.size(); i++) {
                producer.send(new ProducerRecord<>("usage-events", i % PARTITIONS, null, records.get(i)))
                        .get();
            }
        }
    }

    @Override
    public void close() {
        teardown.close();
    }

    private Configuration reporter() {
        Configuration committed = GlobalConfiguration.loadConfiguration("flink-conf");
        Configuration settings = new Configuration();
        committed.keySet().stream()
                .filter(key -> key.startsWith("metrics."))
                .forEach(key -> settings.setString(key, committed.getString(key, "")));
        settings.setString("metrics.reporters", "prometheus");
        settings.setString("metrics.reporter.prometheus.port", Integer.toString(metricsPort));
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
        return settings;
    }

    private static String event(String id, String customer, Instant time) {
        return """
                {"id":"%s","source":"test","type":"api.request","subject":"%s","time":"%s","data":{}}
                """.formatted(id, customer, time);
    }

    private static Path configuration(Path directory) throws IOException {
        return Files.writeString(directory.resolve("tallymark.yaml"), """
                pipelines: [metering, reporting]
                kafka: {bootstrap-servers: "replaced:1"}
                postgres: {url: "jdbc:postgresql://replaced/tallymark", user: replaced}
                metering: {early-results: 200ms, close-delay: 1s, quiet-partition: 1s}
                stripe: {api-key-env: NONE}
                meters:
                  - metric: api_requests
                    event-type: api.request
                    aggregation: count
                    stripe: {event-name: api_requests, mode: hourly-total}
                """);
    }
}
