package io.tallymark.reconcile;

import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The smallest span for which Stripe can be asked and compared: an hour, or the billing period where Stripe only knows that.
 *
 * @param side where at Stripe it was told; null when nothing was, so nothing can be asked
 * @param start first instant
 * @param end first instant after it
 * @param hours those of our books that belong to it
 */
record Window(Lane lane, @Nullable StripeSide side, Instant start, Instant end, List<HourBooks> hours) {
    Window {
        hours = List.copyOf(hours);
    }

    Optional<StripeSide> stripeSide() {
        return Optional.ofNullable(side);
    }

    /** Sum of the closed totals. */
    BigDecimal table() {
        return hours.stream().map(HourBooks::table).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** What the told reports add up to. */
    BigDecimal told() {
        return hours.stream().map(HourBooks::told).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** What Stripe should hold by what it was told: of a period total the value with the newest timestamp. */
    BigDecimal expected() {
        return stripeSide().filter(at -> at.mode() == ReportMode.PERIOD_TOTAL).isPresent()
                ? lastTold().map(ReportLine::value).orElse(BigDecimal.ZERO)
                : told();
    }

    /** The told report with the newest timestamp. */
    Optional<ReportLine> lastTold() {
        return reports()
                .filter(report -> report.state().isTold())
                .max(Comparator.comparing(ReportLine::timestamp)
                        .thenComparing(ReportLine::hour)
                        .thenComparing(ReportLine::sequence));
    }

    /** The report that a repair continues. */
    Optional<ReportLine> model() {
        return lastTold()
                .or(() -> hours.stream().flatMap(hour -> hour.model().stream()).reduce((first, last) -> last));
    }

    Stream<ReportLine> reports() {
        return hours.stream().flatMap(hour -> hour.reports().stream());
    }

    Optional<ReportLine> unresolved() {
        return reports().filter(report -> report.state().isUnresolved()).findFirst();
    }

    /** What Stripe refused in an error event and was not corrected since. */
    Optional<ReportLine> refused(String code) {
        return hours.stream()
                .flatMap(hour -> hour.sinceLastCorrection().stream())
                .filter(report -> report.stripeError().contains(code))
                .findFirst();
    }

    Optional<ReportLine> ambiguous() {
        return reports()
                .filter(report -> report.state() == ReportState.AMBIGUOUS)
                .findFirst();
    }

    /** Whether a report that Stripe received twice is counted twice. */
    boolean addsUp() {
        return stripeSide().filter(at -> at.mode().addsUp()).isPresent()
                || reports().anyMatch(report -> report.mode().addsUp());
    }

    /** The newest reports of hours that Stripe refused for good, while nothing else of the window is on its way. */
    List<ReportLine> refused() {
        boolean atRest = !isDue() && unresolved().isEmpty();
        return atRest ? hours.stream().flatMap(hour -> hour.refused().stream()).toList() : List.of();
    }

    boolean isDue() {
        return hours.stream().anyMatch(HourBooks::due);
    }
}
