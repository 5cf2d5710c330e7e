package io.tallymark.proof;

import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that goes on by itself and can be moved on, the same here and for the reporter. */
final class SteppedClock implements InstantSource, AutoCloseable {
    private final AtomicLong aheadMillis = new AtomicLong();
    private final Connection connection;

    SteppedClock(DatabaseAccess database) throws SQLException {
        connection = database.connect();
        execute("CREATE TABLE test_clock AS SELECT interval '0' AS ahead");
        execute("CREATE OR REPLACE FUNCTION report_now() RETURNS timestamptz LANGUAGE sql STABLE AS"
                + " 'SELECT now() + ahead FROM test_clock'");
    }

    @Override
    public Instant instant() {
        return Instant.now().plusMillis(aheadMillis.get());
    }

    void advance(Duration step) throws SQLException {
        execute("UPDATE test_clock SET ahead = interval '1 millisecond' * " + aheadMillis.addAndGet(step.toMillis()));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
