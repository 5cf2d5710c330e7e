package io.tallymark.reconcile;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** One connection that comes back by itself after an outage; nothing in it waits without a bound. */
final class ReconcileDatabase implements AutoCloseable {
    private static final int CONNECTIONS = 1;
    private static final long CONNECTION_TIMEOUT_MILLIS = 3_000;
    private static final int CONNECT_TIMEOUT_SECONDS = 3;
    /** The pool is opened even while the database is away. */
    private static final long DO_NOT_TRY_AT_START = -1;

    private static final String SESSION_BOUNDS = "SET lock_timeout = '5s'; SET statement_timeout = '55s'";

    private static final String SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

    private final HikariDataSource pool;

    private ReconcileDatabase(HikariDataSource pool) {
        this.pool = pool;
    }

    static ReconcileDatabase open(DatabaseAccess access) {
        PGSimpleDataSource source = access.dataSource();
        source.setApplicationName("tallymark-reconcile");
        source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
        HikariConfig config = new HikariConfig();
        config.setPoolName("tallymark-reconcile");
        config.setDataSource(source);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        config.setInitializationFailTimeout(DO_NOT_TRY_AT_START);
        config.setConnectionInitSql(SESSION_BOUNDS);
        // Otherwise the bounds would go with the first transaction that is rolled back.
        config.setIsolateInternalQueries(true);
        // What is read again under a lock must see what was committed before the lock was given.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setAutoCommit(false);
        return new ReconcileDatabase(new HikariDataSource(config));
    }

    /** Work in one transaction: committed when it returns, rolled back when it throws. */
    <T> T inTransaction(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            T result = work.run(connection);
            connection.commit();
            return result;
        }
    }

    /** Reads in one snapshot, so that figures of different tables belong together. */
    <T> T inSnapshot(Work<T> work) throws SQLException {
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
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }
}
