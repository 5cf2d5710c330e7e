package io.tallymark.report;

import io.tallymark.database.Sql;
import io.tallymark.usage.Delivery;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/** The one row of {@code report_pace}: outcomes write it, claims read it, so it holds for every reporter and over restarts. */
final class PaceTable {
    private static final String READ = "SELECT *, report_now() AS read_at FROM report_pace";

    private static final String SET_CEILING =
            "UPDATE report_pace SET ceiling = ?, changed_at = report_now() WHERE ceiling <> ?";

    private static final String WRITE = """
            UPDATE report_pace SET calls_per_second = ?, slowed_at = ?, paused_until = ?, failures = ?, failing_since = ?,
                changed_at = report_now()
            """;

    private PaceTable() {}

    /** The pace, and the reporter's clock. */
    record Reading(Pace pace, Instant now) {}

    static void setCeiling(Connection connection, double callsPerSecond) throws SQLException {
        Sql.update(connection, SET_CEILING, callsPerSecond, callsPerSecond);
    }

    static Reading read(Connection connection) throws SQLException {
        return Sql.first(connection, PaceTable::reading, READ).orElseThrow();
    }

    /** Adapts the pace to some outcomes. Most change nothing, and then nothing is locked. */
    static void adapt(Connection connection, List<Delivery> deliveries, RandomGenerator random) throws SQLException {
        Reading seen = read(connection);
        if (seen.pace().after(deliveries, seen.now(), random).equals(seen.pace())) {
            return;
        }
        Reading locked =
                Sql.first(connection, PaceTable::reading, READ + " FOR UPDATE").orElseThrow();
        Pace next = locked.pace().after(deliveries, locked.now(), random);
        Sql.update(
                connection,
                WRITE,
                next.slowed(),
                next.slowedAt(),
                next.pausedUntil(),
                next.failures(),
                next.failingSince());
    }

    private static Reading reading(ResultSet row) throws SQLException {
        Pace pace = new Pace(
                row.getDouble("ceiling"),
                row.getDouble("calls_per_second"),
                Sql.instantOrNull(row, "slowed_at"),
                Sql.instantOrNull(row, "paused_until"),
                row.getInt("failures"),
                Sql.instantOrNull(row, "failing_since"));
        return new Reading(pace, Sql.instant(row, "read_at"));
    }
}
