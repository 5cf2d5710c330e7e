package io.tallymark.reconcile;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What our books say about one hour of a lane.
 *
 * @param table sum of the closed totals over all dimensions, with what was carried to the hour, without what was carried away
 * @param reports by sequence
 * @param due whether the reporter is about to look at it
 * @param waitingFor why it does not; empty when nothing holds it up
 */
record HourBooks(Instant hour, BigDecimal table, List<ReportLine> reports, boolean due, String waitingFor) {
    HourBooks {
        reports = List.copyOf(reports);
    }

    /** An hour of which we know nothing. */
    static HourBooks empty(Instant hour) {
        return new HourBooks(hour, BigDecimal.ZERO, List.of(), false, "");
    }

    BigDecimal told() {
        return reports.stream()
                .filter(report -> report.state().isTold())
                .map(ReportLine::amount)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    Optional<ReportLine> lastTold() {
        return reports.stream()
                .filter(report -> report.state().isTold())
                .max(Comparator.comparingInt(ReportLine::sequence));
    }

    /** The report that says where at Stripe the hour is: the last one told, or else the last that has a Stripe customer. */
    Optional<ReportLine> model() {
        return lastTold()
                .or(() -> reports.stream()
                        .filter(report -> !report.stripeCustomerId().isEmpty())
                        .max(Comparator.comparingInt(ReportLine::sequence)));
    }

    /** Reports that are newer than the last correction from Stripe's summaries. */
    List<ReportLine> sinceLastCorrection() {
        int last = reports.stream()
                .filter(report -> report.state() == ReportState.OBSERVED)
                .mapToInt(ReportLine::sequence)
                .max()
                .orElse(0);
        return reports.stream().filter(report -> report.sequence() > last).toList();
    }

    /** Whether Stripe's summaries have shown what was told since. */
    boolean isConfirmed() {
        return sinceLastCorrection().stream().anyMatch(report -> report.state() == ReportState.CONFIRMED);
    }

    /** The newest report if Stripe refused it for good, so that nothing tells its usage any more. */
    Optional<ReportLine> refused() {
        return reports.stream()
                .max(Comparator.comparingInt(ReportLine::sequence))
                .filter(report -> report.state() == ReportState.REJECTED && table.compareTo(told()) != 0);
    }

    int nextSequence() {
        return reports.stream().mapToInt(ReportLine::sequence).max().orElse(0) + 1;
    }
}
