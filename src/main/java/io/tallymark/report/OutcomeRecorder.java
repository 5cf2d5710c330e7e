package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Records what came of a call: the intent's fate, its posting and the end of the claim, all in the caller's transaction. Recording twice
 * changes nothing, and an outcome lost is found out by sending the same identifier again.
 */
final class OutcomeRecorder {
    private final RetryBackoff backoff;

    OutcomeRecorder(RetryBackoff backoff) {
        this.backoff = backoff;
    }

    void record(Connection connection, ReportOutcome outcome) throws SQLException {
        ClaimedReport claim = outcome.claim();
        Lane lane = Lane.of(claim.hour());
        boolean ours = LaneTable.lock(connection, lane, claim.claimId());
        Optional<ReportIntent> unresolved =
                IntentTable.lockUnresolved(connection, claim.report().identifier());
        long delayMillis = unresolved.isPresent() ? resolve(connection, unresolved.get(), outcome.delivery()) : 0;
        // A lane that went to another claim is that one's to release.
        if (ours) {
            LaneTable.release(connection, lane, delayMillis);
        }
    }

    /** @return how long the lane rests */
    private long resolve(Connection connection, ReportIntent intent, Delivery delivery) throws SQLException {
        switch (delivery.outcome()) {
            case ACCEPTED -> accept(connection, intent, delivery);
            case REJECTED -> reject(connection, intent, delivery);
            default -> {
                IntentTable.noteError(connection, intent.identifier(), delivery);
                return backoff.delayMillis(intent.attempts(), delivery.retryAfterMillis());
            }
        }
        return 0;
    }

    private static void accept(Connection connection, ReportIntent intent, Delivery delivery) throws SQLException {
        IntentTable.resolve(connection, intent.identifier(), ReportIntent.State.ACCEPTED, delivery);
        Postings.accepted(connection, intent);
        DueTable.settle(connection, intent.hour(), BigDecimal.ZERO);
    }

    // A refusal says nothing about the calls before it whose outcome is unknown. A refused total is overwritten by the
    // next one in any
    // case; after a refused delta nobody could tell what to add.
    private static void reject(Connection connection, ReportIntent intent, Delivery delivery) throws SQLException {
        if (intent.mode() == ReportMode.DELTA && intent.attempts() > 1) {
            IntentTable.noteError(connection, intent.identifier(), delivery);
            DueTable.holdHour(connection, intent.hour(), ReportPolicy.AMBIGUOUS_BY_REFUSAL);
            return;
        }
        IntentTable.resolve(connection, intent.identifier(), ReportIntent.State.REJECTED, delivery);
        DueTable.settle(connection, intent.hour(), intent.amount());
    }
}
