package io.tallymark.report;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/** Moves late usage from a billed hour to an open one: a row of {@code billing_carry}, its postings, and the open hour becomes due. */
final class CarryTable {
    private static final String INSERT = """
            INSERT INTO billing_carry (customer_id, metric, from_hour, to_hour, amount, cause) VALUES (?, ?, ?, ?, ?, ?)
            """;

    // Through an account of its own, whose balance is always 0: the books of each hour add up.
    private static final String POST = """
            INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String MAKE_DUE =
            "INSERT INTO report_due (metric, customer_id, period_start) VALUES (?, ?, ?)";

    private CarryTable() {}

    /** Expects that the caller has locked the lane. */
    static void carry(Connection connection, DueHour hour, NextStep.Carry carry) throws SQLException {
        Sql.update(
                connection,
                INSERT,
                hour.customerId(),
                hour.metric(),
                hour.start(),
                carry.toHour(),
                carry.amount(),
                carry.cause());
        post(connection, hour, "unreported", "carried", carry, "carried to " + carry.toHour() + ": " + carry.cause());
        DueHour open = DueHour.of(hour.metric(), hour.customerId(), carry.toHour());
        post(connection, open, "carried", "unreported", carry, "carried from " + hour.start() + ": " + carry.cause());
        makeDue(connection, open);
    }

    static void makeDue(Connection connection, DueHour hour) throws SQLException {
        Sql.update(connection, MAKE_DUE, hour.metric(), hour.customerId(), hour.start());
    }

    private static void post(
            Connection connection, DueHour hour, String from, String to, NextStep.Carry carry, String cause)
            throws SQLException {
        Sql.update(connection, POST, hour.metric(), hour.customerId(), hour.start(), from, to, carry.amount(), cause);
    }
}
