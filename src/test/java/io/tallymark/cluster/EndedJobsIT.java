package io.tallymark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedDatabase;
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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Ended jobs leave the processes of a session cluster as they found them; otherwise these die after some ten jobs. */
class EndedJobsIT {
    private static final Path JOB_JAR = Path.of(System.getProperty("tallymark.job-jar", "target/tallymark-job.jar"));
    private static final String DEAD_LETTERS = "usage-dead-letters";
    private static final int JOBS = 2;
    private static final int EVENTS = 100;

    private static final String LOADER_OF_A_JOB = "org.apache.flink.util.ChildFirstClassLoader";
    /**
     * Java 17 itself keeps that of one job, in the cache of a method handle behind the equals of records, until another job has taken its
     * place (JDK-8078641).
     */
    private static final long KEPT_BY_JAVA = 1;
    /** The driver's cleaning thread waits half a minute for more work. */
    private static final Duration AFTERMATH = Duration.ofSeconds(90);

    private static final Teardown TEARDOWN = Teardown.atExit();
    private static WorkDirectory work;
    private static EmbeddedKafka kafka;
    private static EmbeddedDatabase database;
    private static StripeSimulator stripe;
    private static StandaloneCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        work = TEARDOWN.open(WorkDirectory::create);
        kafka = TEARDOWN.open(() -> EmbeddedKafka.start(work.directory("kafka"), ListenPort.free()));
        database = TEARDOWN.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
        stripe = TEARDOWN.open(() -> StripeSimulator.start(0, InstantSource.system()));
        kafka.createTopic(UsageFeed.TOPIC, UsageFeed.PARTITIONS, Map.of("message.timestamp.type", "LogAppendTime"));
        kafka.createTopic(DEAD_LETTERS, 1, Map.of());
        cluster = TEARDOWN.open(() -> StandaloneCluster.start(work.directory("flink")));
    }

    @AfterAll
    static void stop() {
        TEARDOWN.close();
    }

    @Test
    void leaveTheirClassesToTheGarbageCollector() throws Exception {
        Path config = configuration();
        prepareAccount(SettingsLoader.load(config));
        Dashboard dashboard = cluster.dashboard();
        String jar = dashboard.upload(JOB_JAR);
        try (UsageFeed feed = new UsageFeed(kafka.bootstrapServers())) {
            for (int number = 0; number < JOBS; number++) {
                String job = dashboard.run(jar, config);
                reportSomeUsage(feed, number * EVENTS);
                assertThat(cluster.mostInOneProcess(LOADER_OF_A_JOB))
                        .as("while it runs")
                        .isPositive();
                assertThat(cluster.flink(List.of("cancel", job)).exitCode()).isZero();
            }
        }

        eventually()
                .untilAsserted(() -> assertThat(cluster.mostInOneProcess(LOADER_OF_A_JOB))
                        .as("class loaders after %d jobs", JOBS)
                        .isLessThanOrEqualTo(KEPT_BY_JAVA));
    }

    /** New events go all the way: through Kafka, state and table, and to Stripe. */
    private static void reportSomeUsage(UsageFeed feed, int from) throws SQLException {
        long before = acceptedReports();
        feed.count(from, from + EVENTS);
        eventually().until(() -> acceptedReports() > before);
    }

    private static long acceptedReports() throws SQLException {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM stripe_report WHERE state = 'accepted'")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void prepareAccount(Settings settings) throws SQLException {
        List<String> customers = IntStream.range(0, UsageFeed.CUSTOMERS)
                .mapToObj(UsageFeed::customer)
                .toList();
        try (StripeReadings readings = StripeReadings.open(settings.stripe())) {
            SimulatedAccount.createMeters(settings, readings);
            SimulatedAccount.createCustomers(customers, readings, database.access());
        }
    }

    private static Path configuration() throws IOException {
        Path key = Files.writeString(work.root().resolve("stripe-key"), "sk_test_ended_jobs");
        return Files.writeString(work.root().resolve("both.yaml"), """
                kafka: {bootstrap-servers: "%s", topic: %s, dead-letter-topic: %s}
                postgres: {url: "%s", user: %s}
                metering: {close-delay: 1s, early-results: 500ms, quiet-partition: 1s}
                stripe: {api-base: "%s", api-key-file: "%s"}
                meters:
                  - {metric: api_requests, event-type: api.request, aggregation: count,
                     stripe: {event-name: api_requests, mode: delta}}
                """.formatted(
                        kafka.bootstrapServers(),
                        UsageFeed.TOPIC,
                        DEAD_LETTERS,
                        database.access().url(),
                        database.access().user(),
                        stripe.apiBase(),
                        key));
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(AFTERMATH).pollInterval(Duration.ofSeconds(1));
    }
}
