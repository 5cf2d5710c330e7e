package io.tallymark.report;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/** Moves late usage from a billed hour to an open one: a row of {@code billing_carry}, its postings, and the open hour becomes due. */
final class CarryTable {
    private static final String INSERT = """
            INSERT INTO billing_carry (customer_id, metric, from_hour, to_hour, amount, told, cause) VALUES (?, ?, ?, ?, ?, ?, ?)
            """;

    // Through an account of its own: the books of each hour add up.
    private static final String POST = """
            INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String MAKE_DUE =
            "INSERT INTO report_due (metric, customer_id, period_start) VALUES (?, ?, ?)";

    private CarryTable() {}

    /** Carries what Stripe was not told. Expects that the caller has locked the lane. */
    static void carry(Connection connection, DueHour hour, NextStep.Carry carry) throws SQLException {
        post(connection, hour, "unreported", "carried", carry, "carried to " + carry.toHour() + ": " + carry.cause());
        carry(connection, hour, carry, false);
    }

    /** Carries what Stripe was told too late, and bills nowhere: it stays told. Expects that the caller has locked the lane. */
    static void carryTold(Connection connection, DueHour hour, NextStep.Carry carry) throws SQLException {
        carry(connection, hour, carry, true);
    }

    private static void carry(Connection connection, DueHour hour, NextStep.Carry carry, boolean told)
            throws SQLException {
        Sql.update(
                connection,
                INSERT,
                hour.customerId(),
                hour.metric(),
                hour.start(),
                carry.toHour(),
                carry.amount(),
                told,
                carry.cause());
        DueHour open = DueHour.of(hour.metric(), hour.customerId(), carry.toHour());
        post(connection, open, "carried", "unreported", carry, "carried from " + hour.start() + ": " + carry.cause());
        Sql.update(connection, MAKE_DUE, open.metric(), open.customerId(), open.start());
    }

    private static void post(
            Connection connection, DueHour hour, String from, String to, NextStep.Carry carry, String cause)
            throws SQLException {
        Sql.update(connection, POST, hour.metric(), hour.customerId(), hour.start(), from, to, carry.amount(), cause);
    }
}
