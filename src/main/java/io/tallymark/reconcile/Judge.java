package io.tallymark.reconcile;

import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The rules: what a window's table, told and held come to. They are asked from top to bottom, and the first that applies decides. A pure
 * function, so the sweep, the command and a repair's second look decide the same.
 */
final class Judge {
    /** A code of Stripe's error events, and what a correction says for the reporter to read. */
    static final String CUSTOMER_NOT_FOUND = "customer_not_found";

    /** How the detail of an unreported window begins that waits for something, rather than for the reporter. */
    static final String WAITS = "waits: ";

    /** How those begin that the reporter is at, or may be. */
    static final String DUE = "due: ";

    static final String FATE = "the fate of ";
    static final String CHANGED = "it changed while Stripe was asked";

    private final Instant now;
    private final Duration summaryLag;

    /** @param summaryLag how far Stripe's summaries may be behind */
    Judge(Instant now, Duration summaryLag) {
        this.now = now;
        this.summaryLag = summaryLag;
    }

    Verdict judge(Window window, HeldValue held) {
        return new Case(window, held).decide();
    }

    private final class Case {
        private final Window window;
        private final HeldValue held;

        Case(Window window, HeldValue held) {
            this.window = window;
            this.held = held;
        }

        Verdict decide() {
            return beforeAsking().or(this::withoutAnswer).orElseGet(this::compare);
        }

        /** Whatever Stripe holds: our own side is not at rest. */
        private Optional<Verdict> beforeAsking() {
            if (window.ambiguous().isPresent()) {
                return some(
                        Kind.AMBIGUOUS,
                        "nobody knows the fate of " + window.ambiguous().get().identifier());
            }
            if (window.unresolved().isPresent()) {
                return some(Kind.UNREPORTED, FATE + window.unresolved().get().identifier() + " is not known yet");
            }
            if (!isAllTold() && window.isDue()) {
                return some(Kind.UNREPORTED, DUE + "the reporter is about to tell it");
            }
            if (window.stripeSide().isEmpty()) {
                return isAllTold() ? some(Kind.OK, "") : some(kindOfNotTold(), whyNotTold());
            }
            return Optional.empty();
        }

        private Optional<Verdict> withoutAnswer() {
            return switch (held.status()) {
                case READ -> Optional.empty();
                case UNREACHABLE, NO_SUCH_TARGET -> some(Kind.UNREADABLE, held.detail());
                case NO_SUCH_CUSTOMER -> some(Kind.UNKNOWN_CUSTOMER, held.detail());
            };
        }

        private Verdict compare() {
            BigDecimal expected = window.expected();
            if (held.is(expected)) {
                return isAllTold()
                        ? verdict(Kind.OK, true, "", List.of())
                        : verdict(kindOfNotTold(), true, whyNotTold(), List.of());
            }
            Optional<ReportLine> refused = window.refused(CUSTOMER_NOT_FOUND);
            List<ReportLine> fresh = accepted(this::isFresh);
            // Where Stripe adds up, what it shows later would come on top of a correction; a total may be told again at
            // any time.
            if (refused.isPresent() && (isReplaced() || fresh.isEmpty())) {
                return verdict(Kind.UNKNOWN_CUSTOMER, false, refused.get().stripeError(), List.of(refused.get()));
            }
            if (!fresh.isEmpty()) {
                return amongFresh(fresh);
            }
            return (isReplaced() ? replaced() : addedUp(accepted(report -> true)))
                    .orElseGet(() -> verdict(
                            Kind.FOREIGN_WRITER, false, "Stripe holds a value that we never told it", List.of()));
        }

        /** Somebody reports all the time, so a billing period is never at rest: what older reports explain need not wait. */
        private Verdict amongFresh(List<ReportLine> fresh) {
            Verdict lag = verdict(
                    Kind.LAG,
                    false,
                    "reports were accepted less than " + summaryLag.toMinutes() + " min ago",
                    List.of());
            if (isReplaced() || AmountSearch.find(fresh, missing()).isPresent()) {
                return lag;
            }
            List<ReportLine> older = accepted(report -> !isFresh(report));
            return older.isEmpty() ? lag : byReports(older).orElse(lag);
        }

        /** Where a newer value takes the place of an older one. */
        private Optional<Verdict> replaced() {
            if (held.value().signum() == 0) {
                return some(Kind.LOST, "Stripe holds nothing of it");
            }
            return window.reports()
                    .filter(report -> held.is(report.value()))
                    .max(Comparator.comparingInt(ReportLine::sequence))
                    .map(older -> verdict(
                            Kind.LOST,
                            false,
                            "Stripe holds the value of " + older.identifier() + ", " + state(older),
                            List.of()));
        }

        /** Where Stripe adds up. */
        private Optional<Verdict> addedUp(List<ReportLine> accepted) {
            return byReports(accepted)
                    .or(() -> held.value().signum() == 0
                            ? some(Kind.LOST, "Stripe holds nothing of it")
                            : Optional.empty());
        }

        private Optional<Verdict> byReports(List<ReportLine> accepted) {
            List<ReportLine> everSaid = Stream.concat(
                            accepted.stream(), window.reports().filter(ReportLine::isWrittenOff))
                    .toList();
            return AmountSearch.find(accepted, missing())
                    .map(reports -> verdict(Kind.LOST, false, "Stripe does not show " + names(reports), reports))
                    .or(() -> window.addsUp()
                            ? AmountSearch.find(everSaid, missing().negate())
                                    .map(reports -> verdict(
                                            Kind.DOUBLED,
                                            false,
                                            "Stripe counts more than once " + names(reports),
                                            reports))
                            : Optional.empty());
        }

        private boolean isReplaced() {
            return window.stripeSide()
                    .filter(side -> side.mode() == ReportMode.HOURLY_TOTAL || side.mode() == ReportMode.PERIOD_TOTAL)
                    .isPresent();
        }

        private BigDecimal missing() {
            return window.expected().subtract(held.value());
        }

        private List<ReportLine> accepted(Predicate<ReportLine> which) {
            return window.reports().filter(ReportLine::isAccepted).filter(which).toList();
        }

        private boolean isFresh(ReportLine report) {
            return report.acceptedAt()
                    .filter(accepted -> accepted.isAfter(now.minus(summaryLag)))
                    .isPresent();
        }

        private boolean isAllTold() {
            return window.table().compareTo(window.told()) == 0;
        }

        private Kind kindOfNotTold() {
            return window.refused().isEmpty() ? Kind.UNREPORTED : Kind.REJECTED;
        }

        private String whyNotTold() {
            Optional<String> waiting = window.hours().stream()
                    .map(HourBooks::waitingFor)
                    .filter(reason -> !reason.isEmpty())
                    .findFirst();
            if (!window.refused().isEmpty()) {
                ReportLine refused = window.refused().get(0);
                return state(refused) + (refused.error().isEmpty() ? "" : ": " + refused.error());
            }
            if (waiting.isPresent()) {
                return WAITS + waiting.get();
            }
            return window.reports()
                    .filter(report -> report.state() == ReportState.REJECTED || report.state() == ReportState.EXPIRED)
                    .reduce((first, last) -> last)
                    .map(report -> state(report) + (report.error().isEmpty() ? "" : ": " + report.error()))
                    .orElse("nothing is due: the meter is not reported, or the hour is too old for Stripe");
        }

        private Optional<Verdict> some(Kind kind, String detail) {
            return Optional.of(verdict(kind, false, detail, List.of()));
        }

        private Verdict verdict(Kind kind, boolean agrees, String detail, List<ReportLine> reports) {
            return new Verdict(window, held, kind, agrees, detail, reports);
        }
    }

    private static String names(List<ReportLine> reports) {
        String first = reports.get(0).identifier();
        return reports.size() == 1 ? first : first + " and " + (reports.size() - 1) + " more";
    }

    private static String state(ReportLine report) {
        return report.state().name().toLowerCase(Locale.ROOT);
    }
}
