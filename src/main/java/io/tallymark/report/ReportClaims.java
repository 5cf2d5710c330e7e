package io.tallymark.report;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claim: in one transaction, picks lanes that are ready, decides what the hour whose turn it is needs, announces the reports as
 * intents and leases their lanes. After a crash at any point either nothing happened, or the intents are there to be resumed.
 */
final class ReportClaims {
    private static final Logger LOG = LoggerFactory.getLogger(ReportClaims.class);

    /** Lanes that need no call make room for others; after so many rounds the rest waits for the next tick. */
    private static final int MAX_ROUNDS = 8;

    private final ReportPolicy policy;
    private final Duration lease;
    private final StepListener steps;

    ReportClaims(ReportPolicy policy, Duration lease, StepListener steps) {
        this.policy = policy;
        this.lease = lease;
        this.steps = steps;
    }

    /**
     * Must run in a transaction of its own.
     *
     * @param mostCalls the rate's limit
     * @param concurrency most reports in flight, of whichever reporter
     * @return what is to be sent or asked
     */
    Claim claim(Connection connection, int mostCalls, int concurrency) throws SQLException {
        int limit = Math.min(mostCalls, concurrency - LaneTable.countLeases(connection));
        List<ClaimedReport> claimed = new ArrayList<>();
        boolean moreWaiting = true;
        for (int round = 0; round < MAX_ROUNDS && claimed.size() < limit; round++) {
            List<Lane> lanes = LaneTable.pick(connection, limit - claimed.size());
            if (lanes.isEmpty()) {
                moreWaiting = false;
                break;
            }
            claimed.addAll(new Round(connection, LaneTable.nextClaimId(connection)).take(lanes));
        }
        return new Claim(claimed, moreWaiting);
    }

    /**
     * What one look gave.
     *
     * @param reports at most one for each lane
     * @param moreWaiting a limit ended the look, so lanes may be ready that were not picked
     */
    record Claim(List<ClaimedReport> reports, boolean moreWaiting) {
        static final Claim NONE = new Claim(List.of(), false);
        static final Claim NOT_LOOKED = new Claim(List.of(), true);
    }

    /** What is done with the lanes picked at once. Leaves none of them ready unless it has more to be looked at. */
    private final class Round {
        private final Connection connection;
        private final long claimId;
        private final List<ReportIntent> announced = new ArrayList<>();
        private final List<ClaimedReport> claimed = new ArrayList<>();
        private final List<LaneTable.Rest> rests = new ArrayList<>();

        Round(Connection connection, long claimId) {
            this.connection = connection;
            this.claimId = claimId;
        }

        List<ClaimedReport> take(List<Lane> lanes) throws SQLException {
            steps.reached(ReportStep.LANES_LOCKED);
            Set<Lane> withoutHour = new HashSet<>(lanes);
            for (HourStanding standing : StandingReader.read(connection, lanes, policy)) {
                withoutHour.remove(Lane.of(standing.hour()));
                apply(standing, policy.decide(standing));
            }
            steps.reached(ReportStep.DECIDED);
            withoutHour.forEach(lane -> rests.add(new LaneTable.Rest(lane, 0)));
            IntentTable.insert(connection, announced);
            steps.reached(ReportStep.INTENTS_WRITTEN);
            LaneTable.release(connection, rests);
            LaneTable.lease(
                    connection,
                    claimed.stream().map(claim -> Lane.of(claim.hour())).toList(),
                    claimId,
                    lease);
            steps.reached(ReportStep.LEASED);
            return claimed;
        }

        private void apply(HourStanding standing, NextStep step) throws SQLException {
            if (step instanceof NextStep.Send send) {
                announced.add(send.intent());
                claim(send.intent(), ReadBack.NONE);
            } else if (step instanceof NextStep.Renew renew) {
                IntentTable.giveUp(connection, renew.lost());
                announced.add(renew.intent());
                claim(renew.intent(), ReadBack.NONE);
            } else if (step instanceof NextStep.Resume resume) {
                claim(resume.intent(), ReadBack.NONE);
            } else if (step instanceof NextStep.Ask ask) {
                claim(ask.intent(), ask.readBack());
            } else {
                rests.add(new LaneTable.Rest(Lane.of(standing.hour()), putAside(standing, step)));
            }
        }

        private void claim(ReportIntent intent, ReadBack readBack) {
            claimed.add(new ClaimedReport(intent.hour(), claimId, intent.report(), readBack));
        }

        /** A report that was sent and can neither be repeated nor told anew would have its lane's turn for ever: a person decides. */
        private void hold(HourStanding standing, String reason) throws SQLException {
            Optional<ReportIntent> sent =
                    standing.unresolved().filter(intent -> intent.state() == ReportIntent.State.SENT);
            if (sent.isPresent()) {
                LOG.warn(
                        "Report held: outcome=ambiguous identifier={} {} reason=\"{}\"",
                        sent.get().identifier(),
                        standing.hour(),
                        reason);
                IntentTable.hold(connection, sent.get(), reason);
            }
            DueTable.holdHour(connection, standing.hour(), reason);
        }

        /** @return how long the lane rests, in milliseconds */
        private long putAside(HourStanding standing, NextStep step) throws SQLException {
            DueHour hour = standing.hour();
            if (step instanceof NextStep.LookAgain again) {
                return Math.max(0, Duration.between(standing.now(), again.at()).toMillis());
            } else if (step instanceof NextStep.Settle) {
                DueTable.settle(connection, hour, standing.due().newestId());
            } else if (step instanceof NextStep.ParkLane park) {
                DueTable.parkLane(connection, Lane.of(hour), park.reason());
            } else if (step instanceof NextStep.HoldHour hold) {
                hold(standing, hold.reason());
            } else if (step instanceof NextStep.Carry carry) {
                CarryTable.carry(connection, hour, carry);
                if (Quantity.equal(standing.total().subtract(carry.amount()), standing.settled())) {
                    DueTable.settle(connection, hour, standing.due().newestId());
                }
            } else if (step instanceof NextStep.Expire expire) {
                Expiry.carryOut(connection, hour, expire);
                DueTable.settle(connection, hour, standing.due().newestId());
            }
            return 0;
        }
    }
}
