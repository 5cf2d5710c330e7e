package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.ReportSender;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call: announced in the database, made, and its result handed on. Not made at all when the claim has lost its lane or cannot be
 * announced; then the claim runs out and the hour is claimed anew. Thread safe.
 */
final class ReportAttempt {
    private static final Logger LOG = LoggerFactory.getLogger(ReportAttempt.class);

    private final ReportDatabase database;
    private final ReportSender sender;
    private final Duration callLease;
    private final Outage outage = new Outage("announcing a call to Stripe");

    ReportAttempt(ReportDatabase database, ReportSender sender, Duration callLease) {
        this.database = database;
        this.sender = sender;
        this.callLease = callLease;
    }

    /**
     * @return what came of the call; empty when none was made
     * @throws SQLException when waiting would not mend it
     */
    Optional<ReportOutcome> run(ClaimedReport claim) throws SQLException {
        return begin(claim) ? Optional.of(new ReportOutcome(claim, call(claim))) : Optional.empty();
    }

    private boolean begin(ClaimedReport claim) throws SQLException {
        try {
            boolean begun =
                    database.inTransaction(connection -> IntentTable.beginAttempt(connection, claim, callLease));
            outage.succeeded();
            return begun;
        } catch (SQLException e) {
            outage.failed(e);
            return false;
        }
    }

    private Delivery call(ClaimedReport claim) {
        try {
            return sender.send(claim.report());
        } catch (RuntimeException e) {
            // A sender promises not to throw. If it does, Stripe may still have the event; the message is not kept, it
            // could hold a key.
            LOG.warn(
                    "The sender failed with {} on report {}",
                    e.getClass().getName(),
                    claim.report().identifier());
            return new Delivery(
                    Delivery.Outcome.UNKNOWN,
                    "",
                    "sender failed: " + e.getClass().getName(),
                    0);
        }
    }
}
