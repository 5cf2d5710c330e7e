package io.tallymark.deploy;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tallymark.TallymarkJob;
import io.tallymark.cli.CommandRun;
import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.SecuredKafka;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.ingest.TopicCheck;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The job and the commands, against a broker that takes TLS and a password (SASL_SSL, SCRAM) only and a database that takes the same, with
 * the secrets in files: as in deploy/kubernetes/configuration.yaml.
 */
class EncryptedIT {
    private static final String USER = "tallymark_job";
    private static final String PASSWORD = "correct-horse-4711";
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static WorkDirectory work;
    private static Certificate certificate;
    private static Certificate stranger;
    private static SecuredKafka kafka;
    private static SecuredPostgres postgres;
    private static EmbeddedFlink flink;
    private static String config;

    @BeforeAll
    static void start() throws Exception {
        work = WorkDirectory.create();
        certificate = Certificate.make(work.directory("certificates"), "server");
        stranger = Certificate.make(work.directory("certificates"), "stranger");
        kafka = SecuredKafka.start(work.directory("kafka"), certificate.keyStore(), Certificate.PASSWORD);
        kafka.createUser(USER, PASSWORD);
        postgres = SecuredPostgres.start(work.directory("postgres"), certificate);
        postgres.createUser(USER, PASSWORD);
        config = config("tallymark.yaml", PASSWORD, certificate, certificate);
        createTopics();
        flink = EmbeddedFlink.start(
                work.directory("flink"), ListenPort.free(), new EmbeddedFlink.Size(1, 2), new Configuration());
        StreamExecutionEnvironment env = flink.environment();
        TallymarkJob.build(env, settings(config));
        env.executeAsync("metering");
        produce();
    }

    @AfterAll
    static void stop() throws Exception {
        flink.close();
        postgres.close();
        kafka.close();
        work.close();
    }

    @Test
    void jobCountsWritesLettersAndStaysEncrypted() throws Exception {
        await().atMost(90, SECONDS)
                .untilAsserted(() -> assertThat(superuserReads("SELECT customer_id || ' ' || quantity FROM usage_hourly"
                                + " WHERE period_start = '2026-03-01T12:00Z' AND closed"))
                        .containsExactly("acme 12"));
        await().atMost(60, SECONDS)
                .untilAsserted(
                        () -> assertThat(run("dead-letters", "list").out()).containsPattern("UNREADABLE +[12]\n"));

        assertThat(superuserReads("SELECT DISTINCT ssl::text FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                        + " WHERE usename = '" + USER + "'"))
                .containsExactly("true");
    }

    @Test
    void checksBeforeTheStartAndThePoolWorkToo() throws Exception {
        Settings settings = settings(config);

        assertThat(new TopicCheck(settings.ingest(), settings.deadLetters().topic()).problems())
                .isEmpty();
        assertThat(TallymarkJob.databaseCheck(settings).problems()).isEmpty();
        try (Database pool = Database.open(settings.database(), "encrypted", 1, Duration.ofSeconds(10))) {
            List<Boolean> encrypted = pool.inTransaction(connection -> Sql.query(
                    connection, row -> row.getBoolean(1), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
            assertThat(encrypted).containsExactly(true);
        }
    }

    @Test
    void commandsThatReadKafkaReadItThere() throws Exception {
        jobCountsWritesLettersAndStaysEncrypted();

        assertThat(run("status").out()).contains("usage-events");
        assertThat(run("explain", "--customer", "acme", "--metric", "tokens", "--hour", "2026-03-01T12")
                        .out())
                .contains("event-a", "event-b");
        assertThat(run("dead-letters", "show", "0@0").out()).contains("junk");
        assertThat(run("dead-letters", "redrive", "--apply").out()).contains("sent 1 to usage-events");
        // Both ask for a recent checkpoint of the job.
        await().atMost(60, SECONDS).untilAsserted(() -> succeeds("health"));
        await().atMost(60, SECONDS)
                .untilAsserted(() -> succeeds("replay", "--from", "2026-03-01T12:00Z", "--to", "2026-03-01T13:00Z"));
    }

    @Test
    void wrongPasswordIsASentenceWithoutIt() throws Exception {
        String wrong = config("wrong-password.yaml", "wrong-password-4711", certificate, certificate);

        assertThat(new TopicCheck(settings(wrong).ingest(), "usage-dead-letters").problems())
                .singleElement()
                .satisfies(EncryptedIT::isAboutTheLogin);
        for (CommandRun command : List.of(
                CommandRun.of("dead-letters", "list", "--config", wrong),
                CommandRun.of("dead-letters", "redrive", "--apply", "--config", wrong))) {
            assertThat(command.exitCode()).isEqualTo(2);
            assertThat(command.err())
                    .contains("does not answer", "uthentication failed", "kafka.properties")
                    .doesNotContain("4711");
        }
        assertThat(TallymarkJob.databaseCheck(settings(wrong)).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .hasMessageContaining("password authentication failed")
                        .message()
                        .doesNotContain("4711"));
    }

    @Test
    void serversWithAnotherCertificateAreNotTrusted() throws Exception {
        Settings kafkaOfAStranger = settings(config("kafka-of-a-stranger.yaml", PASSWORD, stranger, certificate));
        Settings databaseOfAStranger = settings(config("database-of-a-stranger.yaml", PASSWORD, certificate, stranger));

        assertThat(new TopicCheck(kafkaOfAStranger.ingest(), "usage-dead-letters").problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).hasMessageContaining("certification path"));
        assertThat(TallymarkJob.databaseCheck(databaseOfAStranger).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).hasMessageContaining("certification path"));
    }

    @Test
    void databaseRefusesWhoComesWithoutTls() throws Exception {
        DatabaseAccess encrypted = settings(config).database();
        DatabaseAccess plain =
                new DatabaseAccess(postgres.url("?sslmode=disable"), encrypted.user(), encrypted.password());

        assertThatThrownBy(plain::connect).isInstanceOf(SQLException.class).hasMessageContaining("no encryption");
    }

    private static void isAboutTheLogin(UserError problem) {
        assertThat(problem.getMessage()).contains("uthentication failed").doesNotContain("4711");
        assertThat(problem.remedy()).contains("kafka.properties");
    }

    private static void createTopics() throws Exception {
        try (Admin admin = Admin.create(client())) {
            admin.createTopics(List.of(
                            new NewTopic("usage-events", 1, (short) 1),
                            new NewTopic("usage-dead-letters", 1, (short) 1)))
                    .all()
                    .get(30, SECONDS);
        }
    }

    private static void produce() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            send(producer, NOON.plusSeconds(10), event("event-a", NOON.plusSeconds(5), 7));
            send(producer, NOON.plusSeconds(20), event("event-b", NOON.plusSeconds(15), 5));
            send(producer, NOON.plusSeconds(30), "junk");
            send(producer, NOON.plusSeconds(7200), event("later", NOON.plusSeconds(7200), 1));
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, Instant appended, String value) throws Exception {
        producer.send(new ProducerRecord<>(
                        "usage-events", 0, appended.toEpochMilli(), null, value.getBytes(StandardCharsets.UTF_8)))
                .get(30, SECONDS);
    }

    private static String event(String id, Instant time, int tokens) {
        return "{\"id\":\"%s\",\"source\":\"test\",\"type\":\"api.request\",\"subject\":\"acme\",\"time\":\"%s\",\"data\":{\"tokens\":%d}}"
                .formatted(id, time, tokens);
    }

    private static Map<String, Object> client() {
        Map<String, Object> properties = new HashMap<>(settings(config).ingest().kafkaProperties());
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        return properties;
    }

    private static Settings settings(String file) {
        return SettingsLoader.load(Path.of(file));
    }

    private static String config(String name, String password, Certificate kafkas, Certificate databases)
            throws Exception {
        Path secrets = work.directory("secrets-" + name);
        Files.createDirectories(secrets);
        Files.writeString(secrets.resolve("password"), password);
        return Files.writeString(work.root().resolve(name), """
                        pipelines: [metering]
                        kafka:
                          bootstrap-servers: "%s"
                          trust-create-time: true
                          properties:
                            security.protocol: SASL_SSL
                            sasl.mechanism: SCRAM-SHA-512
                            sasl.jaas.config: >-
                              org.apache.kafka.common.security.scram.ScramLoginModule required
                              username="%s" password="${directory:%s:password}";
                            ssl.truststore.type: PEM
                            ssl.truststore.location: "%s"
                        postgres:
                          url: "%s"
                          user: %s
                          password-file: "%s"
                        metering: {early-results: 200ms, close-delay: 1s}
                        meters: [{metric: tokens, event-type: api.request, aggregation: sum, value: data.tokens}]
                        """.formatted(
                                kafka.bootstrapServers(),
                                USER,
                                secrets,
                                kafkas.pem(),
                                postgres.url("?sslmode=verify-full&sslrootcert=" + databases.pem()),
                                USER,
                                secrets.resolve("password")))
                .toString();
    }

    private static void succeeds(String... command) {
        CommandRun run = run(command);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    private static CommandRun run(String... command) {
        String[] args = Arrays.copyOf(command, command.length + 2);
        args[command.length] = "--config";
        args[command.length + 1] = config;
        return CommandRun.of(args);
    }

    private static List<String> superuserReads(String query) throws SQLException {
        try (Connection connection = postgres.superuser().connect()) {
            return Sql.query(connection, row -> row.getString(1), query);
        }
    }
}
