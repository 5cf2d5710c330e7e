package io.tallymark.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No session of ours may lose what it committed, whatever the server does by default. */
class DurableCommitsIT {
    private static WorkDirectory work;
    private static EmbeddedDatabase database;

    @BeforeAll
    static void start() {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
    }

    @AfterAll
    static void stop() {
        database.close();
        work.close();
    }

    @ParameterizedTest
    @CsvSource({"off, on", "local, local", "remote_write, remote_write", "on, on", "remote_apply, remote_apply"})
    void onlyASettingThatLosesCommitsIsRaised(String ofRole, String ofSession) throws SQLException {
        setForRole(ofRole);

        try (Connection connection = database.access().connect()) {
            assertThat(synchronousCommit(connection)).isEqualTo(ofSession);
        }
    }

    @Test
    void pooledSessionKeepsItAfterATransactionWasRolledBack() throws SQLException {
        setForRole("off");

        try (Database pool = Database.open(database.access(), "durable", 1, Duration.ofSeconds(5))) {
            assertThat(rolledBack(pool)).isEqualTo("on");
            assertThat(pool.<String>inTransaction(DurableCommitsIT::synchronousCommit))
                    .isEqualTo("on");
        }
    }

    private static String rolledBack(Database pool) throws SQLException {
        return pool.inTransaction(connection -> {
            String present = synchronousCommit(connection);
            connection.rollback();
            return present;
        });
    }

    private static void setForRole(String value) throws SQLException {
        DatabaseAccess access = database.access();
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER ROLE " + access.user() + " SET synchronous_commit = " + value);
        }
    }

    private static String synchronousCommit(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW synchronous_commit")) {
            row.next();
            return row.getString(1);
        }
    }
}
