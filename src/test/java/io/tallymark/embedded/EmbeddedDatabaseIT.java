package io.tallymark.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.table.SchemaMigration;
import io.tallymark.usage.UserError;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseIT {
    @TempDir
    private Path directory;

    @Test
    void servesAMigratedDatabaseAndLeavesNothingWhenClosed() throws Exception {
        Path data = directory.resolve("postgres");
        try (EmbeddedDatabase database = EmbeddedDatabase.start(data, ListenPort.free())) {
            assertThat(SchemaMigration.pending(database.access())).isEmpty();
            assertThat(version(database)).startsWith("18");
            assertThat(Processes.naming(data)).isNotEmpty();
        }

        assertThat(data).doesNotExist();
        assertThat(Processes.naming(data)).isEmpty();
    }

    @Test
    void saysWhichFlagMovesItFromATakenPort() throws Exception {
        try (ServerSocket stranger = new ServerSocket(0)) {
            ListenPort taken = ListenPort.given(stranger.getLocalPort(), "--postgres-port");

            assertThatThrownBy(() -> EmbeddedDatabase.start(directory, taken))
                    .isInstanceOfSatisfying(
                            UserError.class, error -> assertThat(error.remedy()).contains("--postgres-port"))
                    .hasMessage("port " + stranger.getLocalPort() + " is taken");
        }
    }

    private static String version(EmbeddedDatabase database) throws SQLException {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW server_version")) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }
}
