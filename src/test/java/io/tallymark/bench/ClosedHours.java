package io.tallymark.bench;

import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Reads from the table how far a job is. */
final class ClosedHours {
    static final String NOT_OF_MARKERS =
            "customer_id < '" + LoadEvent.CUSTOMER_PREFIX + LoadEvent.FIRST_MARKER_CUSTOMER + "'";

    private final DatabaseAccess database;

    ClosedHours(DatabaseAccess database) {
        this.database = database;
    }

    /** Rows of closed hours, those of markers among them. */
    long rows() throws SQLException {
        return number("SELECT count(*) FROM usage_hourly WHERE closed");
    }

    long events() throws SQLException {
        return number("SELECT coalesce(sum(event_count), 0) FROM usage_hourly WHERE " + NOT_OF_MARKERS);
    }

    long tokens() throws SQLException {
        return number("SELECT coalesce(sum(quantity), 0)::bigint FROM usage_hourly WHERE " + NOT_OF_MARKERS);
    }

    private long number(String query) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
