package io.tallymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallymark.deploy.Roles;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import picocli.CommandLine;

/** {@code status} on a real database and a real broker, with rows as the job writes them. */
class StatusCommandIT {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final int ADDS_UP_AND_MOVES = 0;
    private static final int PROBLEM = 1;

    private static WorkDirectory work;
    private static EmbeddedKafka kafka;
    private static EmbeddedDatabase database;

    private String topic = "";
    private String out = "";

    @BeforeAll
    static void start() throws SQLException {
        work = WorkDirectory.create();
        kafka = EmbeddedKafka.start(work.directory("kafka"), ListenPort.free());
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
        Roles.apply(new DatabaseAccess(database.access().url(), "postgres", SecretRef.none("postgres.password")));
    }

    @AfterAll
    static void stop() {
        database.close();
        kafka.close();
        work.close();
    }

    @BeforeEach
    void clear(TestInfo test) throws SQLException {
        topic = test.getTestMethod().orElseThrow().getName();
        kafka.createTopic(topic, 2, Map.of());
        sql("DELETE FROM intake_hourly");
        sql("DELETE FROM metering_progress");
        sql("DELETE FROM usage_hourly");
        sql("DELETE FROM reported_meter");
        sql("DELETE FROM report_due");
        sql("DELETE FROM stripe_report");
        sql("DELETE FROM reconcile_finding");
    }

    @Test
    void addsUpAndMoves() throws Exception {
        send(0, 0, 5);
        send(0, 1, 3);
        send(1, 0, 2);
        row(0, 0, 0, 5);
        row(0, 1, 5, 8);
        row(1, 0, 0, 2);
        checkpoint(4, 4);

        assertThat(status()).as(out).isEqualTo(ADDS_UP_AND_MOVES);
        assertThat(out)
                .startsWith("status: adds up, moves")
                .containsPattern("last checkpoint +[4-9]s ago")
                .containsPattern("watermark +[5-9]m old")
                .containsPattern(topic + " +0 +0 +8 +0 +8 +8 +0 +0 +0 +0 +0 +0 +0")
                .containsPattern("total +0 +10 +10 ")
                .doesNotContain("problem", "warning");
    }

    @Test
    void openFindingIsAProblemWithItsRemedy() throws Exception {
        send(0, 0, 5);
        row(0, 0, 0, 5);
        checkpoint(1, 1);
        sql("INSERT INTO reported_meter (metric, event_name, mode) VALUES ('calls', 'calls', 'delta')");
        sql(
                "INSERT INTO reconcile_finding (metric, customer_id, mode, event_name, stripe_customer_id, window_start, window_end,"
                        + " kind, table_total, told, held, detail) VALUES ('calls', 'acme', 'delta', 'calls', 'cus_1',"
                        + " '2026-03-01T12:00Z', '2026-03-01T13:00Z', 'lost', 5, 5, 0, '')");

        assertThat(status()).isEqualTo(PROBLEM);
        assertThat(out)
                .startsWith("status: adds up, moves, STRIPE DIFFERS")
                .contains("problem: 1 window is lost by Stripe's summaries")
                .contains("to mend it: ./tallymark reconcile --repair")
                .containsPattern("open findings +1 lost");

        sql("UPDATE reconcile_finding SET resolved_at = now()");

        assertThat(status()).isEqualTo(ADDS_UP_AND_MOVES);
    }

    @Test
    void emptyDatabaseSaysThatMeteringNeverRan() throws Exception {
        send(0, 0, 5);

        assertThat(status()).isEqualTo(PROBLEM);
        assertThat(out)
                .startsWith("status: adds up, DOES NOT MOVE")
                .contains("problem: metering of " + topic + " never ran")
                .contains("to mend it: start the job")
                .containsPattern(topic + " +0 +0 +0 +5 +0 ");
    }

    @Test
    void rowThatWasTamperedWithIsNamed() throws Exception {
        send(1, 0, 5);
        row(1, 0, 0, 5);
        checkpoint(1, 1);
        sql("UPDATE intake_hourly SET counted = counted + 1");

        assertThat(status()).isEqualTo(PROBLEM);
        assertThat(out)
                .startsWith("status: DOES NOT ADD UP, moves")
                .contains("problem: " + topic
                        + " partition 1, append hour 2026-03-01T12:00:00Z: read is 5, but the outcomes"
                        + " add up to 6");
    }

    @Test
    void reasonsMustAddUpToo() throws Exception {
        send(0, 0, 5);
        row(0, 0, 0, 5);
        checkpoint(1, 1);
        sql("UPDATE intake_hourly SET counted = 3, dead_lettered = 2, reasons = '{\"TOO_LATE\": 1}'");

        assertThat(status()).isEqualTo(PROBLEM);
        assertThat(out).contains("reasons or uncovered_hours do not add up");
    }

    @Test
    void holeWithRecordsIsAProblem() throws Exception {
        send(0, 0, 10);
        row(0, 0, 0, 3);
        row(0, 1, 7, 10);
        checkpoint(1, 1);

        assertThat(status()).isEqualTo(PROBLEM);
        assertThat(out)
                .contains("problem: " + topic + " partition 0, offsets 3 to 6 are in no row, and there are records")
                .contains("to mend it: restart the job from a checkpoint before these offsets");
    }

    @Test
    void holeThatIsNoLongerInTheTopicCannotBeVerified() throws Exception {
        send(0, 0, 10);
        deleteBefore(0, 8);
        row(0, 0, 0, 3);
        row(0, 1, 7, 10);
        checkpoint(1, 1);

        assertThat(status()).as(out).isEqualTo(ADDS_UP_AND_MOVES);
        assertThat(out)
                .contains("warning: " + topic + " partition 0, offsets 3 to 6 are in no row and no longer in the topic:"
                        + " whether they held records cannot be verified");
    }

    @Test
    void recordThatNoRowCountsIsAProblem() throws Exception {
        send(0, 0, 10);
        row(0, 0, 0, 10);
        checkpoint(1, 1);
        sql("UPDATE intake_hourly SET counted = 9, read = 9");

        assertThat(status()).isEqualTo(PROBLEM);
        assertThat(out).contains("read is 9, but the topic holds 10 records there");
    }

    @Test
    void markersAndAbortedRecordsOfTransactionsAreNoFalseAlarm() throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", topic),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            transaction(producer, 0, true); // offsets 0 to 1, marker 2
            transaction(producer, 0, false); // aborted 3 to 4, marker 5
            transaction(producer, 1, true); // 6 to 7, marker 8
        }
        row(0, 0, 0, 2);
        row(0, 1, 6, 8);
        checkpoint(1, 600);

        assertThat(status()).as(out).isEqualTo(ADDS_UP_AND_MOVES);
        assertThat(out).containsPattern(topic + " +0 +0 +8 +0 +4 ").doesNotContain("warning");

        sql("DELETE FROM intake_hourly");
        row(0, 0, 0, 8);
        sql("UPDATE intake_hourly SET read = 2, counted = 2");
        row(0, 1, 6, 8);
        assertThat(status())
                .as("a row of its hour that spans the markers: %s", out)
                .isEqualTo(ADDS_UP_AND_MOVES);
    }

    @Test
    void openTransactionIsToldFromLag() throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", topic),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, NOON.toEpochMilli(), null, "x"))
                    .get();
            row(1, 0, 0, 1);
            send(1, 0, 1);
            checkpoint(1, 600);

            assertThat(status()).as(out).isEqualTo(ADDS_UP_AND_MOVES);
            assertThat(out).contains("partition 0: 1 offsets wait for a producer's open transaction");
            producer.abortTransaction();
        }
    }

    @Test
    void coldStartInTheMiddleOfAnHourIsNoFalseAlarm() throws Exception {
        send(0, 0, 20);
        send(0, 1, 20);
        deleteBefore(0, 15);
        row(0, 0, 0, 20);
        row(0, 1, 20, 30);
        // A job without state began at offset 15: its first hour stands beside the old one, the next one replaces it.
        row(0, 0, 15, 20);
        sql("UPDATE intake_hourly SET counted = 0, uncovered = 5, uncovered_hours = '{\"2026-03-01T11:00:00Z\": 5}'"
                + " WHERE first_offset = 15");
        sql("UPDATE intake_hourly SET next_offset = 40, read = 20, counted = 20 WHERE first_offset = 20");
        checkpoint(1, 1);

        assertThat(status()).as(out).isEqualTo(ADDS_UP_AND_MOVES);
        assertThat(out)
                .containsPattern(topic + " +0 +0 +40 +0 +40 +40 ")
                .contains("uncovered hours, left as they stand\n  2026-03-01T11:00:00Z  5");
    }

    @Test
    void coldStartInTheMiddleOfTheNewestHourIsToldAndNoFalseAlarm() throws Exception {
        send(0, 0, 40);
        deleteBefore(0, 15);
        row(0, 0, 0, 20);
        row(0, 0, 15, 40);
        checkpoint(1, 1);

        assertThat(status()).as(out).isEqualTo(ADDS_UP_AND_MOVES);
        assertThat(out)
                .containsPattern(topic + " +0 +0 +40 +0 +45 +45 ")
                .contains("warning: " + topic + " partition 0: 5 offsets were read twice");
    }

    @Test
    void oldCheckpointMeansThatNothingMoves() throws Exception {
        send(0, 0, 1);
        row(0, 0, 0, 1);
        checkpoint(600, 600);

        assertThat(status()).isEqualTo(PROBLEM);
        assertThat(out)
                .startsWith("status: adds up, DOES NOT MOVE")
                .contains("problem: the last checkpoint is 10m old, more than 2m");
        assertThat(status("--stale-after", "1h")).isEqualTo(ADDS_UP_AND_MOVES);
    }

    @Test
    void unreadRecordsThatNobodyReadsMeanThatNothingMoves() throws Exception {
        send(0, 0, 5);
        row(0, 0, 0, 3);
        checkpoint(1, 600);

        assertThat(status()).isEqualTo(PROBLEM);
        assertThat(out)
                .contains("problem: " + topic + " partition 0, offsets 3 to 4 are unread, and nothing was read for 10m")
                .containsPattern("total +2 +3 ");
        checkpoint(1, 1);
        assertThat(status()).as("lag alone is normal").isEqualTo(ADDS_UP_AND_MOVES);
    }

    @Test
    void topicThatBeganAgainIsNotTheSameTopic() throws Exception {
        send(0, 0, 2);
        row(0, 0, 0, 9);
        checkpoint(1, 1);

        assertThat(status()).isEqualTo(PROBLEM);
        assertThat(out).contains("this is not the same topic");
    }

    @Test
    void missingTopicIsAMistakeOfTheUser() throws Exception {
        String created = topic;
        topic = "nowhere";
        assertThat(status()).as(created).isEqualTo(2);
    }

    @Test
    void figuresOfReportingAreThere() throws Exception {
        send(0, 0, 1);
        row(0, 0, 0, 1);
        checkpoint(1, 1);
        sql("INSERT INTO reported_meter (metric, event_name, mode) VALUES ('tokens', 'tokens', 'hourly-total')");
        usage("a", NOON, "1234567.5", true);
        usage("b", NOON, "1", true);
        Instant running = BillingHour.containing(Instant.now()).start();
        usage("b", running, "7", false);
        usage("c", running.minusSeconds(6 * 3_600), "9", false);
        sql(
                "UPDATE report_due SET waiting_for = 'unmapped', due_since = now() - interval '3 hours' WHERE customer_id = 'b'");

        assertThat(status()).as(out).isEqualTo(ADDS_UP_AND_MOVES);
        assertThat(out)
                .containsPattern("tokens +1,234,568\\.5 +2")
                .containsPattern("due hours +2, the oldest for 3h")
                .containsPattern("waiting +1 for unmapped")
                .containsPattern("open hours +1, the oldest of " + running)
                .contains("warning: 1 rows are still open although their hours are over");
    }

    @Test
    void hoursAreListedAndConflictsAreAWarning() throws Exception {
        send(0, 0, 5);
        send(0, 1, 5);
        row(0, 0, 0, 5);
        row(0, 1, 5, 10);
        checkpoint(1, 1);
        sql("UPDATE intake_hourly SET counted = 2, conflict = 1, dead_lettered = 2,"
                + " reasons = '{\"TOO_LATE\": 1, \"UNREADABLE\": 1}' WHERE first_offset = 0");

        assertThat(status("--hours", "1")).as(out).isEqualTo(ADDS_UP_AND_MOVES);
        assertThat(out)
                .contains("warning: 1 records repeat the identity")
                .contains("2026-03-01T13:00:00Z  " + topic)
                .doesNotContain("2026-03-01T12:00:00Z  " + topic)
                .contains("dead letters by reason\n  TOO_LATE    1\n  UNREADABLE  1");
        assertThat(status("--hours")).isEqualTo(ADDS_UP_AND_MOVES);
        assertThat(out).contains("2026-03-01T12:00:00Z  " + topic);
    }

    @Test
    void jsonSaysTheSame() throws Exception {
        send(0, 0, 5);
        row(0, 0, 0, 3);
        checkpoint(1, 600);

        assertThat(status("--json", "--hours")).isEqualTo(PROBLEM);
        JsonNode json = new ObjectMapper().readTree(out);
        assertThat(json.at("/adds_up").booleanValue()).isTrue();
        assertThat(json.at("/moves").booleanValue()).isFalse();
        assertThat(json.at("/standstills/0/problem").asText()).contains("are unread");
        assertThat(json.at("/partitions/0/lag").longValue()).isEqualTo(2);
        assertThat(json.at("/partitions/0/outcomes/dead_lettered").isNumber()).isTrue();
        assertThat(json.at("/hours/0/append_hour").asText()).isEqualTo(NOON.toString());
        assertThat(Instant.parse(json.at("/progress/written_at").asText())).isAfter(NOON);
        assertThat(json.at("/total/read").longValue()).isEqualTo(3);
    }

    @Test
    void healthIsProgress() throws Exception {
        send(0, 0, 5);
        row(0, 0, 0, 3);
        checkpoint(1, 1);

        assertThat(run("health")).as("lag alone is normal: %s", out).isEqualTo(ADDS_UP_AND_MOVES);
        assertThat(out).startsWith("health: OK topic=" + topic + " at=").hasLineCount(1);
    }

    @Test
    void healthOfAJobThatHasNothingToDoIsGood() throws Exception {
        send(0, 0, 3);
        row(0, 0, 0, 3);
        checkpoint(1, 600);

        assertThat(run("health")).as(out).isEqualTo(ADDS_UP_AND_MOVES);
    }

    @Test
    void healthOfAStalledJobIsBad() throws Exception {
        send(0, 0, 5);
        assertThat(run("health")).isEqualTo(PROBLEM);
        assertThat(out).startsWith("health: STALLED").contains("never ran");

        row(0, 0, 0, 3);
        checkpoint(1, 600);
        assertThat(run("health")).isEqualTo(PROBLEM);
        assertThat(out)
                .contains("reason=\"" + topic + " partition 0, offsets 3 to 4 are unread")
                .hasLineCount(1);

        checkpoint(600, 600);
        assertThat(run("health")).isEqualTo(PROBLEM);
        assertThat(out).contains("the last checkpoint is 10m old");
        assertThat(run("health", "--stale-after", "1h")).isEqualTo(ADDS_UP_AND_MOVES);
    }

    private int status(String... flags) throws Exception {
        return run("status", flags);
    }

    private int run(String name, String... flags) throws Exception {
        Path config = Files.writeString(work.root().resolve("tallymark.yaml"), """
                kafka: {bootstrap-servers: "%s", topic: %s, trust-create-time: true}
                postgres: {url: "%s", user: "%s"}
                meters: [{metric: tokens, event-type: api.request, aggregation: sum, value: data.tokens}]
                """.formatted(
                        kafka.bootstrapServers(),
                        topic,
                        database.access().url(),
                        Roles.READER.of(database.access()).user()));
        StringWriter written = new StringWriter();
        CommandLine command =
                Tallymark.commandLine().setErr(new PrintWriter(written, true)).setOut(new PrintWriter(written, true));
        String[] args = new String[flags.length + 3];
        args[0] = name;
        args[1] = "--config";
        args[2] = config.toString();
        System.arraycopy(flags, 0, args, 3, flags.length);
        int exitCode = command.execute(args);
        out = written.toString();
        return exitCode;
    }

    private void send(int partition, int hoursAfterNoon, int records) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(
                                topic, partition, hour(hoursAfterNoon).toEpochMilli(), null, "x"))
                        .get();
            }
        }
    }

    private void transaction(KafkaProducer<String, String> producer, int hoursAfterNoon, boolean commit)
            throws Exception {
        producer.beginTransaction();
        for (int i = 0; i < 2; i++) {
            producer.send(new ProducerRecord<>(topic, 0, hour(hoursAfterNoon).toEpochMilli(), null, "x"))
                    .get();
        }
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
    }

    private void deleteBefore(int partition, long offset) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    private void row(int partition, int hoursAfterNoon, long first, long next) throws SQLException {
        sql("""
                INSERT INTO intake_hourly (topic, partition, append_hour, first_offset, next_offset, read, counted, withdrawn,
                    duplicate, conflict, void_waiting, ignored, uncovered, dead_lettered, writer_epoch)
                VALUES ('%s', %d, '%s', %d, %d, %d, %d, 0, 0, 0, 0, 0, 0, 0, 1)
                """.formatted(topic, partition, hour(hoursAfterNoon), first, next, next - first, next - first));
    }

    private void checkpoint(int secondsAgo, int movedSecondsAgo) throws SQLException {
        sql("DELETE FROM metering_progress");
        sql("""
                INSERT INTO metering_progress (topic, watermark, moved_at, written_at, writer_epoch)
                VALUES ('%s', now() - interval '5 minutes', now() - interval '%d seconds', now() - interval '%d seconds', 1)
                """.formatted(topic, movedSecondsAgo, secondsAgo));
    }

    private static void usage(String customer, Instant hour, String quantity, boolean closed) throws SQLException {
        sql("""
                INSERT INTO usage_hourly (metric, customer_id, period_start, quantity, event_count, digest, revision, closed, writer_epoch)
                VALUES ('tokens', '%s', '%s', %s, 1, decode(repeat('00', 16), 'hex'), 1, %s, 1)
                """.formatted(customer, hour, quantity, closed));
    }

    private static Instant hour(int hoursAfterNoon) {
        return NOON.plusSeconds(3_600L * hoursAfterNoon);
    }

    private static void sql(String statement) throws SQLException {
        try (Connection connection = database.access().connect();
                Statement running = connection.createStatement()) {
            running.execute(statement);
        }
    }
}
