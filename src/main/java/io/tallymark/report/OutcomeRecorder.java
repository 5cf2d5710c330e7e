package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Records what came of calls: each intent's fate, its posting and the end of its claim, all in the caller's transaction. Recording twice
 * changes nothing, and an outcome lost is found out by sending the same identifier again.
 */
final class OutcomeRecorder {
    /** Questions are not counted, and no usage is late that waits for their answer: about a minute. */
    private static final int QUESTIONS_REST_AS_AFTER = 7;

    private final RetryBackoff backoff;
    private final StepListener steps;

    OutcomeRecorder(RetryBackoff backoff, StepListener steps) {
        this.backoff = backoff;
        this.steps = steps;
    }

    void record(Connection connection, List<ReportOutcome> outcomes) throws SQLException {
        steps.reached(ReportStep.OUTCOME_RECEIVED);
        List<ReportOutcome> rest = outcomes;
        while (!rest.isEmpty()) {
            List<ReportOutcome> later = new ArrayList<>();
            new Batch(connection).record(onePerLane(rest, later));
            rest = later;
        }
    }

    /** A zombie's outcome may turn up beside its successor's: such are recorded one after the other. */
    private static Map<Lane, ReportOutcome> onePerLane(List<ReportOutcome> outcomes, List<ReportOutcome> later) {
        Map<Lane, ReportOutcome> first = new LinkedHashMap<>();
        for (ReportOutcome outcome : outcomes) {
            if (first.putIfAbsent(Lane.of(outcome.claim().hour()), outcome) != null) {
                later.add(outcome);
            }
        }
        return first;
    }

    /** Outcomes of different lanes, sorted by what they mean and written in a few statements for all. */
    private final class Batch {
        private final Connection connection;
        private final List<IntentTable.Fate> fates = new ArrayList<>();
        private final List<ReportIntent> accepted = new ArrayList<>();
        private final List<DueTable.Done> done = new ArrayList<>();
        private final List<LaneTable.Rest> rests = new ArrayList<>();

        Batch(Connection connection) {
            this.connection = connection;
        }

        void record(Map<Lane, ReportOutcome> outcomes) throws SQLException {
            Map<Lane, OptionalLong> holders = LaneTable.lock(connection, List.copyOf(outcomes.keySet()));
            Map<String, ReportIntent> unresolved = IntentTable.lockUnresolved(
                    connection,
                    outcomes.values().stream()
                            .map(outcome -> outcome.claim().report().identifier())
                            .toList());
            steps.reached(ReportStep.OUTCOME_LOCKED);
            for (Map.Entry<Lane, ReportOutcome> entry : outcomes.entrySet()) {
                ReportOutcome outcome = entry.getValue();
                ReportIntent intent = unresolved.get(outcome.claim().report().identifier());
                long restMillis = intent == null ? 0 : resolve(intent, outcome);
                OptionalLong holder = holders.getOrDefault(entry.getKey(), OptionalLong.empty());
                // A lane that went to another claim is that one's to release.
                if (holder.isPresent() && holder.getAsLong() == outcome.claim().claimId()) {
                    rests.add(new LaneTable.Rest(entry.getKey(), restMillis));
                }
            }
            write();
        }

        private void write() throws SQLException {
            IntentTable.resolve(connection, fates);
            steps.reached(ReportStep.FATE_WRITTEN);
            Postings.accepted(connection, accepted);
            steps.reached(ReportStep.POSTED);
            DueTable.settle(connection, done);
            steps.reached(ReportStep.SETTLED);
            LaneTable.release(connection, rests);
            steps.reached(ReportStep.RELEASED);
        }

        /** @return how long the lane rests, in milliseconds */
        private long resolve(ReportIntent intent, ReportOutcome outcome) throws SQLException {
            Delivery delivery = outcome.delivery();
            switch (delivery.outcome()) {
                case ACCEPTED -> accept(intent, delivery);
                case REJECTED -> reject(intent, delivery);
                case LOST -> fate(intent, ReportIntent.State.LOST, false, delivery);
                case AMBIGUOUS -> hold(intent, delivery);
                case DOUBTFUL -> {
                    fate(intent, ReportIntent.State.SENT, true, delivery);
                    // Each attempt is a new report with a call or two: their number is what grows.
                    return backoff.delayMillis(intent.sequence(), 0);
                }
                case UNKNOWN -> {
                    fate(intent, intent.state(), intent.doubtedAt().isPresent(), delivery);
                    int attempts = outcome.claim().readBack().asked() ? QUESTIONS_REST_AS_AFTER : intent.attempts();
                    return backoff.delayMillis(attempts, delivery.retryAfterMillis());
                }
            }
            return 0;
        }

        private void accept(ReportIntent intent, Delivery delivery) {
            fate(intent, ReportIntent.State.ACCEPTED, false, delivery);
            accepted.add(intent);
            // A period's value may have changed without a change of this hour's total: the next look decides.
            if (intent.mode() != ReportMode.PERIOD_TOTAL) {
                done.add(new DueTable.Done(intent.hour(), BigDecimal.ZERO));
            }
        }

        // A refusal says nothing about the calls before it whose outcome is unknown. A refused total is overwritten by
        // the next one in any case; what to add after a refused delta, only Stripe's summaries can tell.
        private void reject(ReportIntent intent, Delivery delivery) {
            if (intent.mode().addsUp() && intent.attempts() > 1) {
                fate(intent, ReportIntent.State.SENT, true, delivery);
                return;
            }
            fate(intent, ReportIntent.State.REJECTED, false, delivery);
            done.add(new DueTable.Done(intent.hour(), intent.amount()));
        }

        private void hold(ReportIntent intent, Delivery delivery) throws SQLException {
            fate(intent, ReportIntent.State.AMBIGUOUS, true, delivery);
            DueTable.holdHour(connection, intent.hour(), ReportPolicy.AMBIGUOUS);
        }

        private void fate(ReportIntent intent, ReportIntent.State state, boolean doubted, Delivery delivery) {
            fates.add(new IntentTable.Fate(intent.identifier(), state, doubted, delivery));
        }
    }
}
