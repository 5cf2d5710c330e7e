package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.deploy.Roles;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The check of the database, on one with users of several rights. */
class DatabaseCheckIT {
    private static WorkDirectory work;
    private static EmbeddedDatabase database;

    @BeforeAll
    static void start() throws SQLException {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
        Queries.execute(
                access("tallymark", "postgres"),
                "CREATE ROLE reader LOGIN",
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
                "CREATE ROLE stranger LOGIN",
                "CREATE ROLE worker LOGIN",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO worker",
                "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO worker",
                "GRANT EXECUTE ON FUNCTION ensure_usage_months TO worker",
                "CREATE ROLE sequenceless LOGIN",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sequenceless");
    }

    @AfterAll
    static void stop() {
        database.close();
        work.close();
    }

    @Test
    void findsNothingWrongForTheOwner() {
        assertThat(checkOf(database.access()).problems()).isEmpty();
    }

    @Test
    void findsNothingWrongForAUserWithTheRightsOfAWorker() throws SQLException {
        DatabaseAccess worker = access("tallymark", "worker");
        assertThat(checkOf(worker).problems()).isEmpty();

        try (FencedConnection writer = new FencedConnection(worker)) {
            assertThat(writer.live().isValid(1)).isTrue();
        }
    }

    @Test
    void workerMakesRoomForAMonthThatNobodyMigrated() throws SQLException {
        Queries.execute(
                access("tallymark", "worker"), "SELECT ensure_usage_months('2017-06-01T00:00Z', '2017-06-01T00:00Z')");

        assertThat(Queries.rows(database.access(), "SELECT to_regclass('usage_hourly_2017_06')"))
                .containsExactly("usage_hourly_2017_06");
    }

    @Test
    void namesEveryTableThatTheUserMayNotWrite() {
        List<UserError> problems = checkOf(access("tallymark", "reader")).problems();

        assertThat(problems)
                .extracting(UserError::getMessage)
                .contains(
                        "postgres.user: reader lacks SELECT, INSERT, UPDATE on usage_hourly",
                        "postgres.user: reader lacks SELECT, INSERT, UPDATE on intake_hourly",
                        "postgres.user: reader lacks SELECT, INSERT, UPDATE on metering_progress",
                        "postgres.user: reader lacks SELECT, INSERT on ledger_entry");
        assertThat(problems.get(0).remedy()).endsWith("GRANT SELECT, INSERT, UPDATE ON usage_hourly TO reader");
    }

    @Test
    void whoOnlyReadsNeedsNoMoreThanThat() {
        assertThat(DatabaseCheck.toRead(access("tallymark", "reader")).problems())
                .extracting(UserError::getMessage)
                .isEmpty();
        assertThat(DatabaseCheck.toRead(access("tallymark", "stranger")).problems())
                .extracting(UserError::getMessage)
                .contains("postgres.user: stranger lacks SELECT on intake_hourly");
    }

    @Test
    void namesTheSequencesThatTheUserMayNotUse() {
        assertThat(checkOf(access("tallymark", "sequenceless")).problems())
                .extracting(UserError::getMessage)
                .contains("postgres.user: sequenceless lacks USAGE on writer_epoch_seq");
    }

    @Test
    void asksForWhatThePartsOfTheJobDoAndForNoMore() throws SQLException {
        Roles.apply(access("tallymark", "postgres"));
        DatabaseAccess writer = Roles.WRITER.of(database.access());
        DatabaseAccess reporter = Roles.REPORTER.of(database.access());

        assertThat(DatabaseCheck.toRun(writer, EnumSet.of(DatabaseUse.METERING)).problems())
                .isEmpty();
        assertThat(DatabaseCheck.toRun(reporter, EnumSet.of(DatabaseUse.REPORTING, DatabaseUse.RECONCILING))
                        .problems())
                .isEmpty();
        assertThat(DatabaseCheck.toRead(Roles.READER.of(database.access())).problems())
                .isEmpty();
        assertThat(DatabaseCheck.toRun(writer, EnumSet.of(DatabaseUse.REPORTING))
                        .problems())
                .extracting(UserError::getMessage)
                .contains("postgres.user: a_writer lacks SELECT, INSERT on billing_carry");
        assertThat(DatabaseCheck.toRun(reporter, EnumSet.of(DatabaseUse.METERING))
                        .problems())
                .extracting(UserError::getMessage)
                .contains(
                        "postgres.user: a_reporter lacks SELECT, INSERT, UPDATE on usage_hourly",
                        "postgres.user: a_reporter lacks EXECUTE on ensure_usage_months(timestamptz, timestamptz)");
    }

    @Test
    void saysThatTheTablesAreMissing() {
        assertThat(checkOf(access("postgres", "postgres")).problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem).hasMessageContaining("has no table usage_hourly");
                    assertThat(problem.remedy()).contains("migrate");
                });
    }

    @Test
    void saysThatTheTablesAreOfAnOlderVersion() throws Exception {
        DatabaseAccess older = database.create("older");
        Queries.execute(older, "DELETE FROM flyway_schema_history WHERE version::int > 10");
        Roles.apply(access("older", "postgres"));
        String message = older.url() + " has the tables of an older version: schema 10, and this release needs "
                + SchemaVersion.NEEDED;

        for (DatabaseCheck check : List.of(
                checkOf(older),
                DatabaseCheck.toRun(Roles.WRITER.of(older), EnumSet.of(DatabaseUse.METERING)),
                DatabaseCheck.toRun(Roles.REPORTER.of(older), EnumSet.of(DatabaseUse.REPORTING)),
                DatabaseCheck.toWork(Roles.READER.of(older)))) {
            assertThat(check.problems()).singleElement().satisfies(problem -> {
                assertThat(problem).hasMessage("postgres.url: " + message);
                assertThat(problem.remedy()).isEqualTo("./tallymark migrate --config FILE");
            });
        }
        assertThat(DatabaseCheck.toRead(older).problems()).isEmpty();
    }

    @Test
    void tablesThatCannotTellTheirVersionAreOlder() throws Exception {
        DatabaseAccess older = database.create("untold");
        Queries.execute(older, "DROP FUNCTION schema_version()");

        assertThat(checkOf(older).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .hasMessageContaining("an older version: schema below 19, and this release needs"));
        assertThat(DatabaseCheck.toRead(older).problems()).isEmpty();
    }

    @Test
    void runsOnTheTablesOfANewerVersion() throws Exception {
        DatabaseAccess newer = database.create("newer");
        Queries.execute(newer, """
                INSERT INTO flyway_schema_history
                SELECT 1000, '1000', description, type, script, checksum, installed_by, installed_on, execution_time, true
                FROM flyway_schema_history WHERE version = '1'
                """);

        assertThat(checkOf(newer).problems()).isEmpty();
    }

    @Test
    void saysThatTheDatabaseOrTheUserDoesNotExist() {
        assertThat(checkOf(access("nowhere", "postgres")).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).hasMessageContaining("\"nowhere\" does not exist"));
        assertThat(checkOf(access("tallymark", "nobody")).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).hasMessageContaining("\"nobody\" does not exist"));
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void saysThatNobodyAnswers() {
        DatabaseAccess nobody = new DatabaseAccess(
                "jdbc:postgresql://127.0.0.1:" + ListenPort.free().resolve() + "/tallymark",
                "tallymark",
                SecretRef.none("postgres.password"));

        assertThat(checkOf(nobody).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .hasMessageStartingWith("postgres.url: cannot use jdbc:postgresql:")
                        .message()
                        .hasLineCount(1));
    }

    @Test
    void saysThatThePasswordFileIsMissing() {
        DatabaseAccess access = new DatabaseAccess(
                database.access().url(),
                "tallymark",
                SecretRef.file("postgres.password", Path.of("no", "such", "file")));

        assertThat(checkOf(access).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).hasMessageStartingWith("postgres.password-file"));
    }

    private static DatabaseCheck checkOf(DatabaseAccess access) {
        return DatabaseCheck.toRun(access, EnumSet.allOf(DatabaseUse.class));
    }

    private static DatabaseAccess access(String name, String user) {
        return new DatabaseAccess(
                "jdbc:postgresql://127.0.0.1:" + database.port() + "/" + name,
                user,
                SecretRef.none("postgres.password"));
    }
}
