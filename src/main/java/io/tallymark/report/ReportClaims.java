package io.tallymark.report;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The claim: in one transaction, picks lanes that are ready, decides what their oldest due hour needs, announces the reports as intents
 * and leases their lanes. After a crash at any point either nothing happened, or the intents are there to be resumed.
 */
final class ReportClaims {
    /** Lanes that need no call make room for others; after so many rounds the rest waits for the next tick. */
    private static final int MAX_ROUNDS = 8;

    private static final Duration CLOSE_PAUSE = Duration.ofSeconds(5);

    private final ReportPolicy policy;
    private final int concurrency;
    private final Duration lease;

    ReportClaims(ReportPolicy policy, int concurrency, Duration lease) {
        this.policy = policy;
        this.concurrency = concurrency;
        this.lease = lease;
    }

    /**
     * Must run in a transaction of its own.
     *
     * @param mostCalls the rate's limit; the reports in flight limit it further
     * @return what is to be sent, at most one report for each lane
     */
    List<ClaimedReport> claim(Connection connection, int mostCalls) throws SQLException {
        int limit = Math.min(mostCalls, concurrency - LaneTable.countLeases(connection));
        List<ClaimedReport> claimed = new ArrayList<>();
        for (int round = 0; round < MAX_ROUNDS && claimed.size() < limit; round++) {
            List<Lane> lanes = LaneTable.pick(connection, limit - claimed.size());
            if (lanes.isEmpty()) {
                break;
            }
            claimed.addAll(new Round(connection).take(lanes));
        }
        return claimed;
    }

    /** What is done with the lanes picked at once. Leaves none of them ready unless it has more to be looked at. */
    private final class Round {
        private final Connection connection;
        private final List<ReportIntent> announced = new ArrayList<>();
        private final List<ReportIntent> toSend = new ArrayList<>();

        Round(Connection connection) {
            this.connection = connection;
        }

        List<ClaimedReport> take(List<Lane> lanes) throws SQLException {
            Set<Lane> withoutHour = new HashSet<>(lanes);
            for (HourStanding standing : StandingReader.read(connection, lanes)) {
                withoutHour.remove(Lane.of(standing.hour()));
                apply(standing.hour(), policy.decide(standing));
            }
            for (Lane lane : withoutHour) {
                LaneTable.release(connection, lane, 0);
            }
            return toSend.isEmpty() ? List.of() : announceAndLease();
        }

        private List<ClaimedReport> announceAndLease() throws SQLException {
            long claimId = nextClaimId(connection);
            IntentTable.insert(connection, announced);
            List<Lane> lanes =
                    toSend.stream().map(intent -> Lane.of(intent.hour())).toList();
            LaneTable.lease(connection, lanes, claimId, lease);
            return toSend.stream()
                    .map(intent -> new ClaimedReport(intent.hour(), claimId, intent.report(), ReadBack.NONE))
                    .toList();
        }

        private void apply(DueHour hour, NextStep step) throws SQLException {
            Lane lane = Lane.of(hour);
            if (step instanceof NextStep.Send send) {
                announced.add(send.intent());
                toSend.add(send.intent());
            } else if (step instanceof NextStep.Resume resume) {
                toSend.add(resume.intent());
            } else if (step instanceof NextStep.WaitForClose) {
                LaneTable.release(connection, lane, CLOSE_PAUSE.toMillis());
            } else {
                putAside(hour, lane, step);
                LaneTable.release(connection, lane, 0);
            }
        }

        private void putAside(DueHour hour, Lane lane, NextStep step) throws SQLException {
            if (step instanceof NextStep.Settle) {
                DueTable.settle(connection, hour, BigDecimal.ZERO);
            } else if (step instanceof NextStep.ParkLane park) {
                DueTable.parkLane(connection, lane, park.reason());
            } else if (step instanceof NextStep.HoldHour hold) {
                DueTable.holdHour(connection, hour, hold.reason());
            } else if (step instanceof NextStep.Expire expire) {
                Expiry.carryOut(connection, hour, expire);
            }
        }
    }

    private static long nextClaimId(Connection connection) throws SQLException {
        return Sql.first(connection, row -> row.getLong(1), "SELECT nextval('report_claim_seq')")
                .orElseThrow();
    }
}
