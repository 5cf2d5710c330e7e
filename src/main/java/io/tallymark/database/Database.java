package io.tallymark.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** A small pool of connections; reconnects by itself after an outage, and nothing in it waits without a bound. */
public final class Database implements AutoCloseable {
    private static final long CONNECTION_TIMEOUT_MILLIS = 3_000;
    private static final int CONNECT_TIMEOUT_SECONDS = 3;
    /** The pool is opened even while the database is away. */
    private static final long DO_NOT_TRY_AT_START = -1;

    private static final String SESSION_BOUNDS = "SET lock_timeout = '5s'; SET statement_timeout = '%dms'";

    /** Shorter than Flink waits for a task that was cancelled before it ends the whole TaskManager. */
    private static final Duration LONG_STATEMENT = Duration.ofMinutes(2);

    private static final String LONG_BOUND = "SET LOCAL statement_timeout = '%dms'";

    private static final String SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

    private final HikariDataSource pool;

    private Database(HikariDataSource pool) {
        this.pool = pool;
    }

    /**
     * @param name of the sessions, as {@code pg_stat_activity} shows them
     * @param connections most of them
     * @param statementTimeout longest statement
     */
    public static Database open(DatabaseAccess access, String name, int connections, Duration statementTimeout) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(dataSource(access, name));
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        config.setInitializationFailTimeout(DO_NOT_TRY_AT_START);
        config.setConnectionInitSql(SESSION_BOUNDS.formatted(statementTimeout.toMillis()));
        // Otherwise the bounds would go with the first transaction that is rolled back.
        config.setIsolateInternalQueries(true);
        // Every rule that reads after locking needs each statement to see what was committed before it.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setAutoCommit(false);
        return new Database(new HikariDataSource(config));
    }

    /** Work in one transaction: committed when it returns, rolled back when it throws. */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            T result = work.run(connection);
            connection.commit();
            return result;
        }
    }

    /** Work in one transaction that is as large as the customers' history and must not be cut off half-way each time. */
    public <T> T inLongTransaction(Work<T> work) throws SQLException {
        return inTransaction(connection -> {
            connection.setNetworkTimeout(Runnable::run, (int) LONG_STATEMENT.toMillis());
            Sql.update(connection, LONG_BOUND.formatted(LONG_STATEMENT.toMillis()));
            return work.run(connection);
        });
    }

    /** Reads in one snapshot, so that figures of different tables belong together. */
    public <T> T inSnapshot(Work<T> work) throws SQLException {
        return inTransaction(connection -> {
            Sql.update(connection, SNAPSHOT);
            return work.run(connection);
        });
    }

    @Override
    public void close() {
        pool.close();
    }

    /** Statements on one connection that belong together. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** Shorter waits than elsewhere: whoever works here looks again soon anyway. */
    private static PGSimpleDataSource dataSource(DatabaseAccess access, String name) {
        PGSimpleDataSource source = access.dataSource();
        source.setApplicationName(name);
        source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
        return source;
    }
}
