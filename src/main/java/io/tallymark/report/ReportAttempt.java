package io.tallymark.report;

import io.tallymark.database.Database;
import io.tallymark.database.Outage;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call: announced in the database, made, and its result handed on. Not made at all when the claim has lost its lane, cannot be
 * announced, or has waited for so long that its lease may run out during the call; then the hour is claimed anew. Thread safe.
 */
final class ReportAttempt {
    private static final Logger LOG = LoggerFactory.getLogger(ReportAttempt.class);
    private static final int MOST_AT_ONCE = 500;

    private final ReportSender sender;
    private final Duration callLease;
    private final Duration longestAnnouncement;
    private final LongSupplier nanoClock;
    private final StepListener steps;
    private final GroupCommit<ClaimedReport, Boolean> announcements;
    private final Outage outage = new Outage("Reporting", "announcing a call to Stripe");

    /**
     * @param callLease how long a lane is leased from the announcement on
     * @param longestAnnouncement what remains of it beside the call's deadline
     * @param nanoClock monotonic, such as {@link System#nanoTime}
     * @param steps told of the steps of an attempt
     */
    ReportAttempt(
            Database database,
            ReportSender sender,
            Duration callLease,
            Duration longestAnnouncement,
            LongSupplier nanoClock,
            StepListener steps) {
        this.sender = sender;
        this.callLease = callLease;
        this.longestAnnouncement = longestAnnouncement;
        this.nanoClock = nanoClock;
        this.steps = steps;
        this.announcements = new GroupCommit<>(claims -> announce(database, claims), MOST_AT_ONCE);
    }

    /**
     * @return what came of the call; empty when none was made
     * @throws SQLException when waiting would not mend it
     */
    Optional<ReportOutcome> run(ClaimedReport claim) throws SQLException {
        steps.reached(ReportStep.RECEIVED);
        long startNanos = nanoClock.getAsLong();
        if (!begin(claim) || nanoClock.getAsLong() - startNanos > longestAnnouncement.toNanos()) {
            return Optional.empty();
        }
        steps.reached(ReportStep.ANNOUNCED);
        Delivery delivery = call(claim);
        steps.reached(ReportStep.CALLED);
        return Optional.of(new ReportOutcome(claim, delivery));
    }

    private boolean begin(ClaimedReport claim) throws SQLException {
        try {
            boolean begun = announcements.submit(claim);
            outage.succeeded();
            return begun;
        } catch (SQLException e) {
            outage.failed(e);
            return false;
        }
    }

    private List<Boolean> announce(Database database, List<ClaimedReport> claims) throws SQLException {
        Set<ClaimedReport> begun = database.inTransaction(connection -> {
            Set<ClaimedReport> announced = announce(connection, claims);
            steps.reached(ReportStep.ANNOUNCING);
            return announced;
        });
        return claims.stream().map(begun::contains).toList();
    }

    private Set<ClaimedReport> announce(Connection connection, List<ClaimedReport> claims) throws SQLException {
        Set<Lane> held = LaneTable.extend(connection, claims, callLease);
        List<ClaimedReport> holding = claims.stream()
                .filter(claim -> held.contains(Lane.of(claim.hour())))
                .toList();
        Set<String> begun = IntentTable.begin(connection, holding);
        return holding.stream()
                .filter(claim -> begun.contains(claim.report().identifier()))
                .collect(Collectors.toSet());
    }

    private Delivery call(ClaimedReport claim) {
        try {
            return claim.readBack().asked() ? ask(claim) : sender.send(claim.report());
        } catch (RuntimeException e) {
            // A sender promises not to throw. If it does, Stripe may still have the report; the message is not kept, it
            // could hold a key.
            LOG.warn(
                    "The sender failed: identifier={} exception={}",
                    claim.report().identifier(),
                    e.getClass().getName());
            return new Delivery(
                    Delivery.Outcome.UNKNOWN,
                    "",
                    "sender failed: " + e.getClass().getName(),
                    0);
        }
    }

    private Delivery ask(ClaimedReport claim) {
        UsageReport report = claim.report();
        ReadBack readBack = claim.readBack();
        HeldUsage held = sender.held(new UsageQuestion(
                report.mode(), report.target(), report.stripeCustomerId(), readBack.start(), readBack.end(), false));
        return ReadBackTable.judge(report, readBack, held);
    }
}
