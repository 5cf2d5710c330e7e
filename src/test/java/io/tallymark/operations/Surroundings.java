package io.tallymark.operations;

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
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** What docs/operations.md takes for granted: Kafka with its topics, an empty database, Stripe with its meters; all on free ports. */
final class Surroundings implements AutoCloseable {
    static final String DATABASE = "operations";

    private static final Path COMMITTED = Path.of("flink-conf", "tallymark.yaml");

    private final Teardown teardown;
    private final WorkDirectory work;
    private final EmbeddedKafka kafka;
    private final DatabaseAccess database;
    private final Path programs;
    private final StripeSimulator stripe;
    private final Path meters;
    private Map<String, String> stripeIds = Map.of();

    private Surroundings(Teardown teardown) throws Exception {
        this.teardown = teardown;
        work = teardown.open(WorkDirectory::create);
        kafka = teardown.open(() -> EmbeddedKafka.start(work.directory("kafka"), ListenPort.free()));
        kafka.createTopic(Traffic.TOPIC, Traffic.PARTITIONS, Map.of("message.timestamp.type", "LogAppendTime"));
        kafka.createTopic("usage-dead-letters", 1, Map.of());
        EmbeddedDatabase postgres =
                teardown.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
        database = emptyDatabase(postgres);
        programs = work.directory("programs");
        teardown.open(() -> PostgresPrograms.start(programs, postgres.port(), database.user()));
        stripe = teardown.open(() -> StripeSimulator.start(0, InstantSource.system()));
        meters = Files.writeString(work.root().resolve("meters.yaml"), impatient(Files.readString(COMMITTED)));
        try (StripeReadings readings = readings()) {
            Settings settings = SettingsLoader.load(meters);
            SimulatedAccount.createMeters(settings, readings);
        }
    }

    static Surroundings start() throws Exception {
        Teardown teardown = Teardown.atExit();
        try {
            return new Surroundings(teardown);
        } catch (Exception e) {
            teardown.close();
            throw e;
        }
    }

    /** What the document lets its reader set. */
    Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>();
        variables.put("TALLYMARK_DIR", deployment().toString());
        variables.put("TALLYMARK_YAML", meters.toString());
        variables.put("REST_PORT", Integer.toString(ListenPort.free().resolve()));
        variables.put("RPC_PORT", Integer.toString(ListenPort.free().resolve()));
        variables.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        variables.put("POSTGRES_URL", database.url());
        variables.put("POSTGRES_USER", database.user());
        variables.put("POSTGRES_PASSWORD", "any");
        variables.put("PGDATABASE", DATABASE);
        variables.put("PATH", programs + ":" + System.getenv("PATH"));
        variables.put("STRIPE_API_BASE", stripe.apiBase().toString());
        variables.put("STRIPE_API_KEY", "sk_test_operations");
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        // Each process lives for half a minute at most.
        variables.put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
        return variables;
    }

    Path deployment() {
        return work.root().resolve("deployment");
    }

    Books books() {
        return new Books(database);
    }

    Teardown teardown() {
        return teardown;
    }

    Path directory(String name) {
        return work.directory(name);
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Whose usage is reported. */
    void mapCustomers(List<String> customers) throws SQLException {
        try (StripeReadings readings = readings()) {
            stripeIds = SimulatedAccount.createCustomers(customers, readings, database);
        }
    }

    /** What Stripe bills, by metric, customer and hour, of these hours. */
    Map<String, BigDecimal> billed(Iterable<String> hours) {
        Map<String, BigDecimal> billed = new TreeMap<>();
        for (String hour : hours) {
            String[] words = hour.split(" ", -1);
            Instant start = Instant.parse(words[2]);
            String customer = String.valueOf(stripeIds.get(words[1]));
            BigDecimal quantity = stripe.billed(words[0], customer, start, start.plus(Duration.ofHours(1)));
            billed.put(hour, new BigDecimal(quantity.stripTrailingZeros().toPlainString()));
        }
        return billed;
    }

    Map<Integer, Long> endOffsets() {
        return kafka.endOffsets(Traffic.TOPIC);
    }

    /** As Kafka's retention does. */
    void deleteRecordsBefore(Map<Integer, Long> offsets) throws Exception {
        Map<TopicPartition, RecordsToDelete> old = new HashMap<>();
        offsets.forEach((partition, offset) ->
                old.put(new TopicPartition(Traffic.TOPIC, partition), RecordsToDelete.beforeOffset(offset)));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteRecords(old).all().get();
        }
    }

    @Override
    public void close() {
        teardown.close();
    }

    private StripeReadings readings() {
        return StripeReadings.open(
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(stripe.apiBase()));
    }

    /** The committed file, but a change is in the table, an hour closed, and a summary to be believed, within a second. */
    private static String impatient(String committed) {
        return committed
                .replace("early-results: 60s", "early-results: 500ms")
                .replace("close-delay: 2m", "close-delay: 1s")
                .replace("\nstripe:", "\nreconcile: {summary-lag: 1s}\n\nstripe:");
    }

    /** Not migrated: that is the document's business. */
    private static DatabaseAccess emptyDatabase(EmbeddedDatabase postgres) throws SQLException {
        String server = "jdbc:postgresql://" + ListenPort.LOOPBACK + ":" + postgres.port() + "/";
        String owner = postgres.access().user();
        DatabaseAccess access = new DatabaseAccess(server + DATABASE, owner, SecretRef.none("postgres.password"));
        try (Connection connection = DriverManager.getConnection(server + "postgres?user=postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + owner);
        }
        return access;
    }
}
