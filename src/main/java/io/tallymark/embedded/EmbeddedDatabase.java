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
        this.access = access(NAME);
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
            database.createOwner();
            database.createDatabase(NAME);
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

    /** Creates one more database with the same owner, migrated. */
    public DatabaseAccess create(String name) {
        createDatabase(name);
        DatabaseAccess other = access(name);
        SchemaMigration.migrate(other);
        return other;
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

    private DatabaseAccess access(String name) {
        return new DatabaseAccess(
                "jdbc:postgresql://" + ListenPort.LOOPBACK + ":" + postgres.getPort() + "/" + name,
                NAME,
                SecretRef.none("postgres.password"));
    }

    private void createOwner() {
        execute("CREATE ROLE " + NAME + " LOGIN");
    }

    private void createDatabase(String name) {
        execute("CREATE DATABASE " + name + " OWNER " + NAME);
    }

    private void execute(String statement) {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL refused: " + statement, e);
        }
    }
}
