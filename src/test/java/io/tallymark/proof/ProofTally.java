package io.tallymark.proof;

import io.tallymark.simulator.StripeSimulator;
import io.tallymark.simulator.call.Fault;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;

/**
 * What happened in a run.
 *
 * @param reports by state
 * @param repeated reports that needed more than one call
 * @param doubted reports of which only Stripe's summaries, or another report, could tell whether they arrived
 * @param abandoned reports given up for their age after a call whose outcome is unknown
 */
record ProofTally(
        long records,
        long events,
        long hours,
        Map<Disturbance, Integer> disturbances,
        Map<Fault, Long> faults,
        long calls,
        Map<String, BigDecimal> reports,
        long repeated,
        long doubted,
        long abandoned) {
    /** What there is to tell at the end of a run. */
    static ProofTally of(
            ProofDatabase database,
            StripeSimulator simulator,
            ProofTraffic traffic,
            long hours,
            Map<Disturbance, Integer> disturbances)
            throws SQLException {
        Map<Fault, Long> faults = new EnumMap<>(Fault.class);
        for (Fault fault : EnumSet.complementOf(EnumSet.of(Fault.NONE))) {
            faults.put(fault, simulator.faults().injected(fault));
        }
        return new ProofTally(
                traffic.records(),
                traffic.model().size(),
                hours,
                disturbances,
                faults,
                simulator.requestCount(),
                database.byText("SELECT state, count(*) FROM stripe_report GROUP BY state"),
                reports(database, "attempts > 1"),
                reports(database, "doubted_at IS NOT NULL OR error LIKE 'Stripe''s summaries%'"),
                reports(database, "state = 'expired' AND attempts > 0"));
    }

    private static long reports(ProofDatabase database, String which) throws SQLException {
        return database.number("SELECT count(*) FROM stripe_report WHERE " + which)
                .longValue();
    }

    long reportCount() {
        return reports.values().stream().mapToLong(BigDecimal::longValue).sum();
    }

    long faultCount() {
        return faults.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public String toString() {
        return ("hours=%d events=%d records=%d reports=%d %s repeated=%d doubted=%d abandoned=%d calls=%d (%.2f a report)"
                        + " faults=%d %s disturbances=%s")
                .formatted(
                        hours,
                        events,
                        records,
                        reportCount(),
                        reports,
                        repeated,
                        doubted,
                        abandoned,
                        calls,
                        (double) calls / Math.max(1, reportCount()),
                        faultCount(),
                        faults,
                        disturbances);
    }
}
