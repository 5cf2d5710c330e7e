package io.tallymark.audit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tallymark.TallymarkJob;
import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.deploy.Roles;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.embedded.traffic.AppendTime;
import io.tallymark.embedded.traffic.Pace;
import io.tallymark.embedded.traffic.Traffic;
import io.tallymark.embedded.traffic.TrafficMix;
import io.tallymark.embedded.traffic.TrafficProducer;
import io.tallymark.embedded.traffic.TrafficSettings;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthKeeper;
import io.tallymark.embedded.traffic.TruthRow;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Replays of one simulated day beside the running job, on a real broker, database and Flink; seen through table, ledger and output. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplayIT {
    private static final long SEED = 20_261_122;
    private static final int RECORDS = 30_000;
    private static final int PARTITIONS = 4;
    private static final LocalDate DAY = LocalDate.parse("2026-03-01");
    private static final ReplayHours AROUND_THE_DAY = ReplayHours.parse("2026-02-20", "2026-03-03");
    private static final String A_ROW =
            " WHERE metric = 'api_bytes' AND customer_id = 'customer-000' AND period_start = '2026-03-01T09:00Z' ";
    private static final String NEXT_HOUR =
            " WHERE metric = 'api_bytes' AND customer_id = 'customer-000' AND period_start = '2026-03-01T10:00Z' ";
    private static final String ANOTHER_ROW =
            " WHERE metric = 'llm_last_price' AND customer_id = 'Müller & Söhne' AND period_start = '2026-03-01T11:00Z' ";

    private static WorkDirectory work;
    private static EmbeddedKafka kafka;
    private static EmbeddedDatabase database;
    private static EmbeddedFlink flink;
    private static Truth truth;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @BeforeAll
    static void meterADay() throws Exception {
        System.out.println("seed " + SEED);
        work = WorkDirectory.create();
        kafka = EmbeddedKafka.start(work.directory("kafka"), ListenPort.free());
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
        Configuration checkpoints = new Configuration();
        checkpoints.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
        flink = EmbeddedFlink.start(
                work.directory("flink"), ListenPort.free(), new EmbeddedFlink.Size(1, 2), checkpoints);
        // The day is long ago.
        kafka.createTopic("usage-events", PARTITIONS, Map.of("retention.ms", "-1"));
        kafka.createTopic("usage-dead-letters", 1, Map.of());
        StreamExecutionEnvironment env = flink.environment();
        // Job and replays have the writer's rights and no more.
        Roles.apply(as("postgres"));
        TallymarkJob.build(env, settings(Roles.WRITER.of(database.access())));
        env.executeAsync("metering");
        truth = produce();
        await().atMost(120, SECONDS)
                .untilAsserted(() -> assertThat(one("SELECT count(*) FROM usage_hourly WHERE closed"))
                        .isEqualTo(Integer.toString(truth.rows().size())));
    }

    @AfterAll
    static void stop() {
        flink.close();
        database.close();
        kafka.close();
        work.close();
    }

    @AfterEach
    void leavesNothingBehind() throws SQLException {
        assertThat(one("SELECT count(*) FROM usage_replay")).isEqualTo("0");
    }

    @Test
    @Order(1)
    void findsNoDifferenceInTheDay() throws Exception {
        assertThat(replay(null, null, false)).isTrue();

        long events = truth.rows().stream().mapToLong(TruthRow::eventCount).sum();
        assertThat(lastLine())
                .isEqualTo("replay: SAME hours=264 rows=" + truth.rows().size() + " events=" + events);
        assertThat(text()).contains("replay: read " + truth.counts().read() + " records");
    }

    @Test
    @Order(2)
    void findsTheSameInAnHourOfOneCustomerAndMeter() throws Exception {
        assertThat(run(new Replay.Request(
                        ReplayHours.parse("2026-03-01T09:00Z", "2026-03-01T10:00Z"),
                        "customer-000",
                        "api_bytes",
                        false)))
                .isTrue();

        assertThat(lastLine()).startsWith("replay: SAME hours=1 rows=1 events=");
    }

    @Test
    @Order(3)
    void namesEveryRowThatWasTamperedWithAndChangesNothing() throws Exception {
        tamper();
        List<String> table = rows("SELECT * FROM usage_hourly ORDER BY 1, 2, 3, 4");

        assertThat(replay(null, null, false)).isFalse();

        assertThat(lastLine()).startsWith("replay: DIFFERENT differences=3 hours=264 ");
        assertThat(text())
                .containsPattern(
                        "api_bytes customer-000 \\{} 2026-03-01T09:00:00Z: quantity \\d+ in the table, \\d+ by")
                .containsPattern("llm_last_price Müller & Söhne \\{} 2026-03-01T11:00:00Z: missing in the table; ")
                .contains("llm_tokens nobody {\"model\": \"x\"} 2026-03-01T05:00:00Z: the table has quantity 77 of 7 ");
        assertThat(rows("SELECT * FROM usage_hourly ORDER BY 1, 2, 3, 4")).isEqualTo(table);
    }

    @Test
    @Order(4)
    void looksOnlyAtTheCustomerAndTheMeterThatWereNamed() throws Exception {
        assertThat(replay("customer-000", "api_requests", false)).isTrue();
        assertThat(replay("customer-000", null, false)).isFalse();
        assertThat(lastLine()).startsWith("replay: DIFFERENT differences=1 ");
        assertThat(replay(null, "llm_tokens", false)).isFalse();
        assertThat(lastLine()).startsWith("replay: DIFFERENT differences=1 ");
    }

    @Test
    @Order(5)
    void mendsTheTableThroughTheLedger() throws Exception {
        assertThat(replay(null, null, true)).isTrue();

        assertThat(text()).contains("replay: applied 3 corrections");
        assertThat(lastLine()).startsWith("replay: SAME ");
        assertThat(one("SELECT count(*) FROM ledger_entry WHERE cause LIKE 'replay %: corrected from the topic'"))
                .isEqualTo("3");
        assertThat(one("SELECT sum(balance) FROM ledger_balance WHERE account = 'unreported'"))
                .isEqualTo(one("SELECT sum(quantity) FROM usage_hourly"));
        assertThat(one("SELECT writer_epoch > 0 FROM usage_hourly" + A_ROW)).isEqualTo("t");
        assertThat(one("SELECT writer_epoch FROM usage_hourly" + ANOTHER_ROW)).isEqualTo("0");

        assertThat(replay(null, null, false)).isTrue();
    }

    @Test
    @Order(6)
    void doesNotJudgeARowThatMovedMeanwhile() throws Exception {
        execute("UPDATE usage_hourly SET quantity = quantity + 1, updated_at = now() + interval '1 hour'" + A_ROW);

        assertThat(replay(null, null, true)).isTrue();

        assertThat(text())
                .contains("moved while the replay ran, not judged: api_bytes customer-000 {} 2026-03-01T09:00:00Z");
        execute("UPDATE usage_hourly SET quantity = quantity - 1, updated_at = now()" + A_ROW);
    }

    @Test
    @Order(7)
    void doesNotJudgeARunningHour() throws Exception {
        execute("INSERT INTO usage_hourly VALUES ('llm_tokens', 'early', '{}', '2026-03-02T23:00Z', 77, 7,"
                + " decode(repeat('ab', 16), 'hex'), 0, false, now() - interval '1 hour', 1)");

        assertThat(replay(null, null, false)).isTrue();

        assertThat(text()).contains("replay: 1 rows of running hours are not judged");
        execute("DELETE FROM usage_hourly WHERE customer_id = 'early'");
    }

    @Test
    @Order(7)
    void rowThatWasOpenedAgainIsADifferenceAndIsClosed() throws Exception {
        execute("UPDATE usage_hourly SET quantity = quantity + 1, closed = false" + A_ROW);
        execute("UPDATE usage_hourly SET closed = false" + NEXT_HOUR);

        assertThat(replay(null, null, true)).isTrue();

        assertThat(text())
                .containsPattern("customer-000 .* by the topic; open although its hour is over")
                .containsPattern("customer-000 .*Z: open although its hour is over");
        assertThat(one("SELECT count(*) FROM usage_hourly WHERE NOT closed")).isEqualTo("0");
        assertThat(one("SELECT sum(balance) FROM ledger_balance WHERE account = 'unreported'"))
                .isEqualTo(one("SELECT sum(quantity) FROM usage_hourly"));
    }

    @Test
    @Order(7)
    void leavesOutTheHourThatWasToldOfARenamedMeterAndCorrectsTheOthers() throws Exception {
        execute(
                "UPDATE usage_hourly SET quantity = quantity - 1" + A_ROW,
                "UPDATE usage_hourly SET quantity = quantity - 1" + NEXT_HOUR,
                "INSERT INTO stripe_report (identifier, metric, customer_id, period_start, sequence, mode, event_name,"
                        + " stripe_customer_id, value, amount, event_timestamp, state) VALUES ('told', 'former', 'customer-000',"
                        + " '2026-03-01T09:00Z', 1, 'delta', 'bytes', 'cus_1', 7, 7, '2026-03-01T09:00Z', 'confirmed')");
        Settings reported = settings(Roles.WRITER.of(database.access()), ", stripe: {event-name: bytes, mode: delta}");

        assertThat(run(reported, new Replay.Request(AROUND_THE_DAY, null, null, true)))
                .isFalse();

        assertThat(text())
                .containsPattern(
                        "replay: left out api_bytes customer-000 \\{} 2026-03-01T09:00:00Z: quantity .*; Stripe was"
                                + " told this hour of former under the same event-name bytes, and would bill it twice")
                .contains("replay: applied 1 corrections, left out 1");
        assertThat(lastLine()).startsWith("replay: DIFFERENT differences=1 ");
        // Under another name, or in a table that nobody reports, the hour is nobody else's.
        assertThat(replay(null, null, true)).isTrue();
    }

    @Test
    @Order(7)
    void leavesTheHoursOutThatWereCountedFromAnotherTopic() throws Exception {
        execute(
                "INSERT INTO usage_hourly VALUES ('llm_tokens', 'former', '{}', '2026-03-01T03:00Z', 77, 7,"
                        + " decode(repeat('ab', 16), 'hex'), 0, true, now() - interval '1 hour', 1)",
                "INSERT INTO intake_hourly (topic, partition, append_hour, first_offset, next_offset, read, counted,"
                        + " withdrawn, duplicate, conflict, void_waiting, ignored, uncovered, dead_lettered, writer_epoch)"
                        + " VALUES ('former', 0, '2026-03-01T03:00Z', 0, 7, 7, 7, 0, 0, 0, 0, 0, 0, 0, 1)");

        assertThat(replay(null, null, true)).isTrue();

        assertThat(text())
                .contains("replay: not replayable: records of another topic were counted until 2026-03-01T04:00:00Z;"
                        + " left out are the hours from 2026-02-20T00:00:00Z to 2026-03-01T05:00:00Z");
        assertThat(one("SELECT quantity FROM usage_hourly WHERE customer_id = 'former'"))
                .isEqualTo("77");
        execute(
                "DELETE FROM intake_hourly WHERE topic = 'former'",
                "DELETE FROM usage_hourly WHERE customer_id = 'former'");
    }

    @Test
    @Order(8)
    void saysWhichRightIsMissing() throws Exception {
        DatabaseAccess looker = as("looker");
        execute(as("postgres"), "CREATE ROLE looker LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker");
        Replay.Request request = new Replay.Request(AROUND_THE_DAY, null, null, false);

        try (Replay replay = new Replay(settings(looker), request, work.directory("replay"), print())) {
            assertThatThrownBy(replay::run)
                    .isInstanceOf(UserError.class)
                    .hasMessage("postgres.user: looker lacks INSERT on usage_replay");
        }
    }

    @Test
    @Order(9)
    void refusesAMetricThatIsNotConfigured() {
        assertThatThrownBy(() -> replay(null, "nothing", false))
                .isInstanceOf(UserError.class)
                .hasMessage("--metric nothing: no meter has this name");
    }

    @Test
    @Order(10)
    void leavesTheHoursOutWhoseRecordsAreGone() throws Exception {
        deleteRecords(RECORDS / PARTITIONS / 2);
        execute("UPDATE usage_hourly SET quantity = quantity + 1" + A_ROW);

        assertThat(replay(null, null, false)).isTrue();

        assertThat(text()).contains("replay: not replayable: the topic begins at 2026-03-01T1");
        assertThat(lastLine()).matches("replay: SAME hours=3[3-6] .*");
    }

    @Test
    @Order(11)
    void refusesWhenNoneOfTheHoursIsThere() throws Exception {
        Replay.Request gone =
                new Replay.Request(ReplayHours.parse("2026-03-01T03:00Z", "2026-03-01T05:00Z"), null, null, false);

        assertThatThrownBy(() -> run(gone))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("not replayable: the topic begins at 2026-03-01T1");
    }

    @Test
    @Order(12)
    void correctsNothingFromATopicThatMeteringHasNotReadWhole() throws Exception {
        List<String> before = rows("SELECT * FROM usage_hourly ORDER BY 1, 2, 3, 4");
        execute("DELETE FROM intake_hourly WHERE partition = 1 AND next_offset ="
                + " (SELECT max(next_offset) FROM intake_hourly WHERE partition = 1)");
        assertThatThrownBy(() -> replay(null, null, true))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("--apply: metering has not read everything");

        execute("DELETE FROM intake_hourly WHERE partition = 1");
        assertThatThrownBy(() -> replay(null, null, false))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(
                        "partition 1 of usage-events holds records, but intake_hourly has no row of it");
        assertThat(rows("SELECT * FROM usage_hourly ORDER BY 1, 2, 3, 4")).isEqualTo(before);
    }

    @Test
    @Order(13)
    void refusesATopicThatMeteringNeverRead() throws Exception {
        execute("UPDATE intake_hourly SET topic = 'another'");

        assertThatThrownBy(() -> replay(null, null, false))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("metering has never read usage-events");
    }

    @Test
    @Order(14)
    void refusesTablesOfAnOlderVersion() throws Exception {
        execute("DELETE FROM flyway_schema_history WHERE version::int > 16");

        assertThatThrownBy(() -> replay(null, null, false))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("has the tables of an older version: schema 16");
    }

    private static void tamper() throws SQLException {
        execute(
                "UPDATE usage_hourly SET quantity = quantity + 1" + A_ROW,
                "DELETE FROM usage_hourly" + ANOTHER_ROW,
                "INSERT INTO usage_hourly VALUES ('llm_tokens', 'nobody', '{\"model\": \"x\"}', '2026-03-01T05:00Z',"
                        + " 77, 7, decode(repeat('ab', 16), 'hex'), 1, true, now(), 1)");
    }

    private boolean replay(@Nullable String customer, @Nullable String metric, boolean apply) throws Exception {
        return run(new Replay.Request(AROUND_THE_DAY, customer, metric, apply));
    }

    private boolean run(Replay.Request request) throws Exception {
        return run(settings(Roles.WRITER.of(database.access())), request);
    }

    private boolean run(Settings settings, Replay.Request request) throws Exception {
        output.reset();
        try (Replay replay = new Replay(settings, request, work.directory("replay"), print())) {
            return replay.run();
        } finally {
            System.out.println(text());
        }
    }

    private PrintStream print() {
        return new PrintStream(output, true, StandardCharsets.UTF_8);
    }

    private String text() {
        return output.toString(StandardCharsets.UTF_8);
    }

    private String lastLine() {
        List<String> lines = text().lines().toList();
        return lines.get(lines.size() - 1);
    }

    private static Truth produce() {
        TruthKeeper keeper = new TruthKeeper();
        TrafficSettings settings =
                new TrafficSettings(SEED, "usage-events", RECORDS, PARTITIONS, 20, TrafficMix.standard());
        try (TrafficProducer producer = TrafficProducer.open(kafka.bootstrapServers())) {
            producer.send(
                    new Traffic(settings, AppendTime.simulatedDay(DAY, RECORDS)), Pace.unlimited(), keeper, sent -> {});
        }
        return keeper.truth();
    }

    private static void deleteRecords(long before) throws Exception {
        Map<TopicPartition, RecordsToDelete> deletion = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            deletion.put(new TopicPartition("usage-events", partition), RecordsToDelete.beforeOffset(before));
        }
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
            admin.deleteRecords(deletion).all().get(30, SECONDS);
        }
    }

    private static Settings settings(DatabaseAccess access) {
        return settings(access, "");
    }

    /** @param bytesReported how api_bytes is reported */
    private static Settings settings(DatabaseAccess access, String bytesReported) {
        return SettingsLoader.fromText(
                "tallymark.yaml", """
                pipelines: [metering]
                kafka: {bootstrap-servers: "%s", trust-create-time: true}
                postgres: {url: "%s", user: "%s"}
                metering: {early-results: 200ms, close-delay: 2m, quiet-partition: 3s}
                meters:
                  - {metric: api_requests, event-type: api.request, aggregation: count, dimensions: [data.region]}
                  - {metric: api_bytes, event-type: api.request, aggregation: sum, value: data.bytes%s}
                  - {metric: llm_tokens, event-type: llm.completion, aggregation: sum, value: data.tokens,
                     dimensions: [data.model], where: {data.cached: "false"}}
                  - {metric: llm_peak_context, event-type: llm.completion, aggregation: max, value: data.context}
                  - {metric: llm_last_price, event-type: llm.completion, aggregation: last, value: data.price}
                """.formatted(kafka.bootstrapServers(), access.url(), access.user(), bytesReported));
    }

    private static DatabaseAccess as(String user) {
        return new DatabaseAccess(database.access().url(), user, SecretRef.none("postgres.password"));
    }

    private static void execute(String... statements) throws SQLException {
        execute(database.access(), statements);
    }

    private static void execute(DatabaseAccess access, String... statements) throws SQLException {
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String one(String query) throws SQLException {
        return rows(query).get(0);
    }

    private static List<String> rows(String query) throws SQLException {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (one.*)::text FROM (" + query + ") AS one")) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(row.getString(1).replaceAll("^\\(([^,]*)\\)$", "$1"));
            }
            return rows;
        }
    }
}
