package io.tallymark.reconcile;

import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which hours a repair corrects, so that the reporter, telling them again, brings Stripe to the table. Pure. */
final class Corrections {
    private Corrections() {}

    /** Their amounts add up to what Stripe holds less what it was told. Empty when there is no report to continue. */
    static List<Correction> of(Verdict verdict) {
        Window window = verdict.window();
        boolean set = window.stripeSide()
                .filter(side -> side.mode() == ReportMode.USAGE_RECORD_SET)
                .isPresent();
        return set ? ofTotalsSet(verdict) : onLastHour(verdict);
    }

    private static List<Correction> onLastHour(Verdict verdict) {
        Window window = verdict.window();
        BigDecimal held = verdict.held().value();
        return window.model()
                .map(model -> List.of(correction(window, model, held, held.subtract(window.expected()))))
                .orElse(List.of());
    }

    /**
     * A total that is set again mends its own hour only. So the correction is on the hours whose reports are missing; when nobody can say
     * which, every hour is told again.
     */
    private static List<Correction> ofTotalsSet(Verdict verdict) {
        BigDecimal difference = verdict.held().value().subtract(verdict.window().expected());
        Map<HourBooks, BigDecimal> missing = new TreeMap<>(Comparator.comparing(HourBooks::hour));
        for (HourBooks hour : verdict.window().hours()) {
            BigDecimal amount = verdict.reports().stream()
                    .filter(report -> report.hour().equals(hour.hour()))
                    .map(ReportLine::amount)
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
            if (amount.signum() != 0) {
                missing.put(hour, amount.negate());
            }
        }
        BigDecimal sum = missing.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        return sum.compareTo(difference) == 0 ? ofHours(verdict.window(), missing) : everyHour(verdict);
    }

    private static List<Correction> everyHour(Verdict verdict) {
        List<HourBooks> told = verdict.window().hours().stream()
                .filter(hour -> hour.model().isPresent())
                .toList();
        Map<HourBooks, BigDecimal> amounts = new TreeMap<>(Comparator.comparing(HourBooks::hour));
        for (HourBooks hour : told) {
            boolean last = hour.equals(told.get(told.size() - 1));
            BigDecimal assumed = last ? verdict.held().value() : BigDecimal.ZERO;
            BigDecimal amount = assumed.subtract(hour.told());
            if (amount.signum() != 0) {
                amounts.put(hour, amount);
            }
        }
        return ofHours(verdict.window(), amounts);
    }

    private static List<Correction> ofHours(Window window, Map<HourBooks, BigDecimal> amounts) {
        List<Correction> corrections = new ArrayList<>();
        amounts.forEach((hour, amount) -> hour.model()
                .ifPresent(model ->
                        corrections.add(correction(window, model, hour.told().add(amount), amount))));
        return corrections;
    }

    private static Correction correction(Window window, ReportLine model, BigDecimal value, BigDecimal amount) {
        Optional<HourBooks> hour = window.hours().stream()
                .filter(books -> books.hour().equals(model.hour()))
                .findFirst();
        return new Correction(model, hour.map(HourBooks::nextSequence).orElse(1), value, amount);
    }
}
