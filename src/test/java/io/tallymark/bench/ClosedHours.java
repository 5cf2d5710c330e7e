package io.tallymark.bench;

import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Reads from the table how far a job is, by one connection: looking often must not cost the job its processor. */
final class ClosedHours implements AutoCloseable {
    static final String NOT_OF_MARKERS =
            "customer_id < '" + LoadEvent.CUSTOMER_PREFIX + LoadEvent.FIRST_MARKER_CUSTOMER + "'";

    private static final String OF_MARKERS = "metric = '" + TallymarkJobs.METRIC + "' AND NOT " + NOT_OF_MARKERS;

    private final Connection connection;

    private ClosedHours(Connection connection) {
        this.connection = connection;
    }

    static ClosedHours of(DatabaseAccess database) throws SQLException {
        return new ClosedHours(database.connect());
    }

    /** Rows of closed hours that are of markers: a few rows, found by the primary key. */
    long markerRows() throws SQLException {
        return number("SELECT count(*) FROM usage_hourly WHERE closed AND " + OF_MARKERS);
    }

    /** Rows of closed hours, without those of markers. */
    long rows() throws SQLException {
        return number("SELECT count(*) FROM usage_hourly WHERE closed AND " + NOT_OF_MARKERS);
    }

    long events() throws SQLException {
        return number("SELECT coalesce(sum(event_count), 0) FROM usage_hourly WHERE " + NOT_OF_MARKERS);
    }

    long tokens() throws SQLException {
        return number("SELECT coalesce(sum(quantity), 0)::bigint FROM usage_hourly WHERE " + NOT_OF_MARKERS);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private long number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
