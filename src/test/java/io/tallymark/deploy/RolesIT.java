package io.tallymark.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.database.Sql;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.table.SchemaVersion;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What each role of deploy/roles.sql must not do. What they can do is shown elsewhere: all tests of reporting, reconciling, billing and
 * closing run as the reporter, ReplayIT runs metering and replays as the writer, StatusCommandIT reads as the reader.
 */
class RolesIT {
    private static final String TOTAL =
            "INSERT INTO usage_hourly (metric, customer_id, period_start, quantity, event_count, digest,"
                    + " revision, closed, writer_epoch) VALUES ('tokens', '%s', '2026-03-01T12:00Z', 7, 1,"
                    + " decode(repeat('00', 16), 'hex'), 1, true, 1)";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static WorkDirectory work;
    private static EmbeddedDatabase database;

    @BeforeAll
    static void start() throws SQLException {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
        Roles.apply(superuser());
    }

    @AfterAll
    static void stop() {
        database.close();
        work.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            READER   | UPDATE usage_hourly SET quantity = 0
            READER   | INSERT INTO billing_customer VALUES ('acme', 'cus_acme')
            READER   | DELETE FROM report_due
            READER   | SELECT nextval('writer_epoch_seq')
            READER   | SELECT nextval('report_claim_seq')
            READER   | SELECT ensure_usage_months(now(), now())
            READER   | CREATE TABLE mine (n int)
            READER   | SELECT told_before('tokens', 'tokens', 'acme', now())
            WRITER   | SELECT count(*) FROM stripe_report
            WRITER   | UPDATE stripe_report SET state = 'accepted'
            WRITER   | SELECT count(*) FROM billing_customer
            WRITER   | INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause) VALUES ('tokens', 'acme', now(), 'unreported', 'reported', 1, 'forged')
            WRITER   | INSERT INTO report_due (metric, customer_id, period_start) VALUES ('tokens', 'acme', now())
            WRITER   | DELETE FROM reported_meter
            WRITER   | DELETE FROM usage_hourly
            WRITER   | TRUNCATE usage_hourly
            WRITER   | ALTER TABLE usage_hourly DISABLE TRIGGER usage_hourly_post_update
            WRITER   | SELECT create_usage_month('usage_hourly_2013_01', '2013-01-01Z', '2013-02-01Z')
            WRITER   | CREATE TABLE mine (n int)
            REPORTER | UPDATE usage_hourly SET quantity = 0
            REPORTER | INSERT INTO intake_hourly (topic) VALUES ('t')
            REPORTER | UPDATE metering_progress SET watermark = now()
            REPORTER | SELECT nextval('writer_epoch_seq')
            REPORTER | DELETE FROM stripe_report
            REPORTER | UPDATE ledger_entry SET amount = 0
            REPORTER | DELETE FROM billing_seal
            REPORTER | DELETE FROM former_mapping
            REPORTER | INSERT INTO billing_former_payer VALUES ('cus_acme', 'acme', now())
            REPORTER | CREATE OR REPLACE FUNCTION report_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()'
            """)
    void isRefused(Roles role, String sql) {
        assertThatThrownBy(() -> run(role, sql))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refusal -> assertThat(refusal.getSQLState())
                                .as(refusal.getMessage())
                                .isEqualTo(INSUFFICIENT_PRIVILEGE));
    }

    /** It would post what is written there. */
    @ParameterizedTest
    @EnumSource(Roles.class)
    void hangsNoTriggerOfOursOnATableOfItsOwn(Roles role) throws SQLException {
        List<String> functions = all("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                + " AND prorettype = 'trigger'::regtype");

        assertThat(functions).contains("post_usage_change", "keep_former_payer", "keep_mappings_apart");
        assertThat(functions)
                .allSatisfy(function -> assertThatThrownBy(() -> run(
                                role,
                                "CREATE TEMPORARY TABLE own (LIKE usage_hourly)",
                                "CREATE TRIGGER own AFTER INSERT ON own FOR EACH STATEMENT EXECUTE FUNCTION " + function
                                        + "()"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                refusal -> assertThat(refusal.getSQLState()).isEqualTo(INSUFFICIENT_PRIVILEGE)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Roles.class,
            names = {"READER", "REPORTER"})
    void readsEveryTableAndView(Roles role) throws SQLException {
        for (String table : all("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                + " AND relkind IN ('r', 'p', 'v') AND relname NOT LIKE 'mine%'")) {
            run(role, "SELECT * FROM " + table + " LIMIT 1");
        }
    }

    @ParameterizedTest
    @EnumSource(Roles.class)
    void asksForTheVersionOfTheSchema(Roles role) throws SQLException {
        try (Connection connection = role.of(database.access()).connect()) {
            Sql.update(connection, "CREATE TEMPORARY TABLE flyway_schema_history (version text, success boolean)");
            assertThat(SchemaVersion.older(connection)).isEmpty();
            assertThat(Sql.query(connection, row -> row.getInt(1), "SELECT schema_version()"))
                    .containsExactly(SchemaVersion.NEEDED);
        }
    }

    @Test
    void totalOfTheWriterIsPostedAndMadeDueByTheTriggerAlone() throws SQLException {
        runAsSuperuser("INSERT INTO reported_meter VALUES ('tokens', 'tokens', 'hourly-total')");

        run(Roles.WRITER, TOTAL.formatted("posted"));

        assertThat(all("SELECT from_account || ' ' || amount FROM ledger_entry WHERE customer_id = 'posted'"))
                .containsExactly("metered 7");
        assertThat(all("SELECT customer_id FROM report_due")).contains("posted");
    }

    @Test
    void noTableOfTheWritersOwnTakesThePlaceOfTheLedger() throws SQLException {
        run(
                Roles.WRITER,
                "CREATE TEMPORARY TABLE ledger_entry (n int)",
                "CREATE TEMPORARY TABLE report_due (n int)",
                TOTAL.formatted("hidden"));

        assertThat(all("SELECT amount::text FROM ledger_entry WHERE customer_id = 'hidden'"))
                .containsExactly("7");
    }

    @Test
    void everyFunctionWithItsOwnersRightsLooksIntoTheTemporarySchemaLast() throws SQLException {
        assertThat(all("SELECT proname || ' ' || array_to_string(proconfig, ';') FROM pg_proc WHERE prosecdef"
                        + " AND pronamespace = 'public'::regnamespace ORDER BY 1"))
                .containsExactly(Stream.of(
                                "ensure_usage_months",
                                "keep_former_payer",
                                "keep_mappings_apart",
                                "post_usage_change",
                                "schema_version",
                                "told_before")
                        .map(function -> function + " search_path=public, pg_temp")
                        .toArray(String[]::new));
    }

    @Test
    void changedMappingIsRememberedAlthoughTheReporterMayNotWriteThere() throws SQLException {
        run(
                Roles.REPORTER,
                "INSERT INTO billing_customer VALUES ('moved', 'cus_old')",
                "UPDATE billing_customer SET stripe_customer_id = 'cus_new' WHERE customer_id = 'moved'");

        assertThat(all("SELECT stripe_customer_id FROM billing_former_payer WHERE customer_id = 'moved'"))
                .containsExactly("cus_old");
    }

    @Test
    void applyingTheFileAgainTakesAwayWhatItDoesNotGrant() throws SQLException {
        runAsSuperuser(
                "GRANT DELETE ON stripe_report TO tallymark_writer",
                "GRANT USAGE ON SEQUENCE report_claim_seq TO" + " tallymark_reader");

        Roles.apply(superuser());

        assertThat(all("SELECT has_table_privilege('tallymark_writer', 'stripe_report', 'DELETE')::text"))
                .containsExactly("false");
        assertThat(all("SELECT has_sequence_privilege('tallymark_reader', 'report_claim_seq', 'USAGE')::text"))
                .containsExactly("false");
    }

    private static void run(Roles role, String... statements) throws SQLException {
        run(role.of(database.access()), statements);
    }

    private static void runAsSuperuser(String... statements) throws SQLException {
        run(superuser(), statements);
    }

    private static void run(DatabaseAccess access, String... statements) throws SQLException {
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> all(String query) throws SQLException {
        try (Connection connection = superuser().connect()) {
            return Sql.query(connection, row -> row.getString(1), query);
        }
    }

    private static DatabaseAccess superuser() {
        return new DatabaseAccess(database.access().url(), "postgres", SecretRef.none("postgres.password"));
    }
}
