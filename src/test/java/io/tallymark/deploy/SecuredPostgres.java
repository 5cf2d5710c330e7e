package io.tallymark.deploy;

import io.tallymark.embedded.ListenPort;
import io.tallymark.table.SchemaMigration;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A real PostgreSQL that everybody but its superuser reaches over TLS and with a password only; migrated, with the roles. */
final class SecuredPostgres implements AutoCloseable {
    static final String NAME = "tallymark";

    private static final String WHO_MAY = """
            host    all postgres 127.0.0.1/32 trust
            hostssl all all      127.0.0.1/32 scram-sha-256
            """;

    private final EmbeddedPostgres postgres;

    private SecuredPostgres(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static SecuredPostgres start(Path directory, Certificate certificate) throws IOException, SQLException {
        Files.createDirectories(directory);
        Path log = directory.resolve("postgres.log");
        SecuredPostgres started = new SecuredPostgres(EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("data"))
                .setServerConfig("listen_addresses", ListenPort.LOOPBACK)
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("ssl", "on")
                .setServerConfig("ssl_cert_file", certificate.pem().toString())
                .setServerConfig("ssl_key_file", certificate.keyPem().toString())
                .setServerConfig(
                        "hba_file",
                        Files.writeString(directory.resolve("hba.conf"), WHO_MAY)
                                .toString())
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
        started.execute("postgres", "CREATE DATABASE " + NAME);
        SchemaMigration.migrate(started.superuser());
        Roles.apply(started.superuser());
        return started;
    }

    /** A member of both roles that a job with both pipelines needs. */
    void createUser(String name, String password) throws SQLException {
        execute(
                NAME,
                "CREATE ROLE " + name + " LOGIN PASSWORD '" + password
                        + "' IN ROLE tallymark_writer, tallymark_reporter");
    }

    /** @param parameters such as {@code ?sslmode=…} */
    String url(String parameters) {
        return "jdbc:postgresql://" + ListenPort.LOOPBACK + ":" + postgres.getPort() + "/" + NAME + parameters;
    }

    DatabaseAccess superuser() {
        return new DatabaseAccess(url(""), "postgres", SecretRef.none("postgres.password"));
    }

    private void execute(String database, String sql) throws SQLException {
        try (Connection connection = postgres.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
