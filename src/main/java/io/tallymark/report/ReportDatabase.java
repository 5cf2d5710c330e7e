package io.tallymark.report;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** A small pool of connections for the reporter; reconnects by itself after an outage, and nothing in it waits without a bound. */
final class ReportDatabase implements AutoCloseable {
    private static final long CONNECTION_TIMEOUT_MILLIS = 3_000;
    private static final int CONNECT_TIMEOUT_SECONDS = 3;
    /** The pool is opened even while the database is away. */
    private static final long DO_NOT_TRY_AT_START = -1;

    private static final String SESSION_BOUNDS = "SET lock_timeout = '5s'; SET statement_timeout = '30s'";

    private final HikariDataSource pool;

    private ReportDatabase(HikariDataSource pool) {
        this.pool = pool;
    }

    static ReportDatabase open(DatabaseAccess access, int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("tallymark-report");
        config.setDataSource(dataSource(access));
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        config.setInitializationFailTimeout(DO_NOT_TRY_AT_START);
        config.setConnectionInitSql(SESSION_BOUNDS);
        // Otherwise the bounds would go with the first transaction that is rolled back.
        config.setIsolateInternalQueries(true);
        // Every rule here that reads after locking needs each statement to see what was committed before it.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setAutoCommit(false);
        return new ReportDatabase(new HikariDataSource(config));
    }

    /** Work in one transaction: committed when it returns, rolled back when it throws. */
    <T> T inTransaction(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            T result = work.run(connection);
            connection.commit();
            return result;
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    /** Statements on one connection that belong together. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** Shorter waits than elsewhere: the reporter looks again soon anyway. */
    private static PGSimpleDataSource dataSource(DatabaseAccess access) {
        PGSimpleDataSource source = access.dataSource();
        source.setApplicationName("tallymark-report");
        source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
        return source;
    }
}
