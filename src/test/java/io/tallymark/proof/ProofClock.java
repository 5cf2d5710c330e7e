package io.tallymark.proof;

import io.tallymark.simulator.SettableClock;
import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The reporter's clock and Stripe's, which stand still between the steps that they make together. No call is ever in flight during a step: a
 * call has a deadline of seconds, and would otherwise last for hours.
 */
final class ProofClock implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(5);
    private static final String FREE = "(claim_id IS NULL OR ready_at <= report_now())";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final Connection connection;
    private final SettableClock stripe;
    private final Duration longestCall;
    private List<Long> dead = List.of();

    private ProofClock(Connection connection, SettableClock stripe, Duration longestCall) {
        this.connection = connection;
        this.stripe = stripe;
        this.longestCall = longestCall;
    }

    /**
     * Puts the reporter of a database on the clock's time.
     *
     * @param longestCall after which whoever made a call must have ended without recording it
     */
    static ProofClock install(DatabaseAccess database, SettableClock stripe, Duration longestCall) throws SQLException {
        Connection connection = ProofDatabase.connect(database);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE proof_clock AS SELECT '" + stripe.instant() + "'::timestamptz AS instant");
            statement.execute("CREATE OR REPLACE FUNCTION report_now() RETURNS timestamptz LANGUAGE sql STABLE"
                    + " AS 'SELECT instant FROM proof_clock'");
        }
        connection.setAutoCommit(false);
        return new ProofClock(connection, stripe, longestCall);
    }

    Instant now() {
        return stripe.instant();
    }

    void advance(Duration step) throws SQLException {
        while (!tryToAdvance(step)) {
            connection.rollback();
        }
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        connection.rollback();
        connection.close();
    }

    private boolean tryToAdvance(Duration step) throws SQLException {
        awaitNoCalls();
        try {
            // From here on nobody announces a call.
            execute("LOCK TABLE stripe_report IN SHARE MODE NOWAIT");
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
        if (!holdsLanes() || !claims().equals(dead)) {
            return false;
        }
        stripe.advance(step);
        execute("UPDATE proof_clock SET instant = '" + stripe.instant() + "'");
        return true;
    }

    /** Keeps lanes from being claimed, and waits until the claims that there are have ended, or must have been given up. */
    private void awaitNoCalls() throws SQLException {
        List<Long> before = List.of();
        long sinceNanos = System.nanoTime();
        while (true) {
            boolean held = holdsLanes();
            List<Long> claims = claims();
            boolean unchanged = claims.equals(before);
            boolean givenUp = unchanged && System.nanoTime() - sinceNanos > longestCall.toNanos();
            boolean over = claims.isEmpty() || givenUp;
            if (held && over) {
                dead = claims;
                return;
            }
            sinceNanos = unchanged ? sinceNanos : System.nanoTime();
            before = claims;
            Waiting.pass(POLL);
        }
    }

    /** Whether nobody can claim a lane, nor is about to commit a claim of one. */
    private boolean holdsLanes() throws SQLException {
        return number("SELECT count(*) FROM (SELECT FROM report_lane WHERE " + FREE
                        + " FOR UPDATE SKIP LOCKED) AS held")
                == number("SELECT count(*) FROM report_lane WHERE " + FREE);
    }

    private long number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The claims that may be calling. */
    private List<Long> claims() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT claim_id FROM report_lane WHERE claim_id IS NOT NULL"
                        + " AND ready_at > report_now() ORDER BY metric, customer_id")) {
            List<Long> claims = new ArrayList<>();
            while (row.next()) {
                claims.add(row.getLong(1));
            }
            return claims;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
