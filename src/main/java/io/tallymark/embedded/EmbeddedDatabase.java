package io.tallymark.embedded;

import io.tallymark.table.SchemaMigration;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A real PostgreSQL 18 with the database {@code tallymark}, owned by the role {@code tallymark} (no password) and migrated to the
 * schema of this version. Closing stops it and removes its data.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final String NAME = "tallymark";

    private final EmbeddedPostgres postgres;
    private final Path directory;
    private final DatabaseAccess access;

    private EmbeddedDatabase(EmbeddedPostgres postgres, Path directory) {
        this.postgres = postgres;
        this.directory = directory;
        this.access = new DatabaseAccess(
                "jdbc:postgresql://" + ListenPort.LOOPBACK + ":" + postgres.getPort() + "/" + NAME,
                NAME,
                SecretRef.none("postgres.password"));
    }

    /** As {@link #start(Path, Path, ListenPort)}, with the user's cache directory. */
    public static EmbeddedDatabase start(Path directory, ListenPort port) {
        return start(directory, CacheDirectory.ofUser(), port);
    }

    /**
     * Starts a new database, migrated.
     *
     * @param directory holds data and log; removed at close
     * @param cache holds the unpacked program files; stays
     * @throws io.tallymark.usage.UserError when the given port is taken
     */
    public static EmbeddedDatabase start(Path directory, Path cache, ListenPort port) {
        EmbeddedDatabase database =
                new EmbeddedDatabase(DatabaseCluster.start(directory, cache, port.resolve()), directory);
        try {
            database.create();
            SchemaMigration.migrate(database.access);
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** How to reach the database as its owner. */
    public DatabaseAccess access() {
        return access;
    }

    public int port() {
        return postgres.getPort();
    }

    @Override
    public void close() {
        try {
            postgres.close();
            WorkDirectory.deleteTree(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot stop PostgreSQL", e);
        }
    }

    private void create() {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + NAME + " LOGIN");
            statement.execute("CREATE DATABASE " + NAME + " OWNER " + NAME);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create the database " + NAME, e);
        }
    }
}
