package io.tallymark.reconcile;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Which hours a repair corrects, so that the reporter, telling them again, brings Stripe to the table. Pure. */
final class Corrections {
    private Corrections() {}

    /** Their amounts add up to what Stripe holds less what it was told. Empty when there is no report to continue. */
    static List<Correction> of(Verdict verdict) {
        boolean usageRecords = verdict.window()
                .stripeSide()
                .filter(side -> side.mode().isUsageRecord())
                .isPresent();
        return usageRecords ? ofUsageRecords(verdict) : onLastHour(verdict);
    }

    /**
     * Stripe does not know the customer: then nothing ties the hours to the place where they were told. Except those that Stripe has shown
     * once: they may be on an invoice.
     */
    static List<Correction> ofNothingHeld(Window window) {
        Map<HourBooks, BigDecimal> amounts = byHour();
        window.hours().stream()
                .filter(hour -> hour.told().signum() != 0 && !hour.isConfirmed())
                .forEach(hour -> amounts.put(hour, hour.told().negate()));
        return ofHours(window, amounts);
    }

    private static List<Correction> onLastHour(Verdict verdict) {
        Window window = verdict.window();
        BigDecimal held = verdict.held().value();
        return window.model()
                .map(model -> List.of(correction(window, model, held, held.subtract(window.expected()))))
                .orElse(List.of());
    }

    /**
     * A total that is set again mends its own hour only, and is harmless to the others: every hour is. Where Stripe adds up that would
     * count twice: there the correction is on the hours whose reports explain the difference, or else on the last.
     */
    private static List<Correction> ofUsageRecords(Verdict verdict) {
        if (!verdict.window().addsUp()) {
            return everyHour(verdict);
        }
        BigDecimal difference = verdict.held().value().subtract(verdict.window().expected());
        Map<HourBooks, BigDecimal> amounts = byHour();
        for (HourBooks hour : verdict.window().hours()) {
            BigDecimal amount = verdict.reports().stream()
                    .filter(report -> report.hour().equals(hour.hour()))
                    .map(ReportLine::amount)
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
            if (amount.signum() != 0) {
                amounts.put(hour, verdict.kind() == Kind.DOUBLED ? amount : amount.negate());
            }
        }
        BigDecimal sum = amounts.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        if (sum.compareTo(difference) == 0) {
            return ofHours(verdict.window(), amounts);
        }
        return onLastHour(verdict);
    }

    private static Map<HourBooks, BigDecimal> byHour() {
        return new TreeMap<>(Comparator.comparing(HourBooks::hour));
    }

    /** Stripe does not say which hour holds what. So each is written down with another value than it was told, and told again. */
    private static List<Correction> everyHour(Verdict verdict) {
        List<HourBooks> told = verdict.window().hours().stream()
                .filter(hour -> hour.model().isPresent())
                .toList();
        List<BigDecimal> assumed = assumed(told, verdict.held().value());
        Map<HourBooks, BigDecimal> amounts = byHour();
        for (int i = 0; i < told.size(); i++) {
            amounts.put(told.get(i), assumed.get(i).subtract(told.get(i).told()));
        }
        return ofHours(verdict.window(), amounts);
    }

    /** Values that add up to what Stripe holds, each another than the hour was told: little for all, and the rest for the last. */
    private static List<BigDecimal> assumed(List<HourBooks> told, BigDecimal held) {
        int last = told.size() - 1;
        List<BigDecimal> assumed = new ArrayList<>();
        BigDecimal rest = held;
        for (int i = 0; i < last; i++) {
            assumed.add(otherThan(told.get(i).told(), told.get(i).told()));
            rest = rest.subtract(assumed.get(i));
        }
        assumed.add(rest);
        if (last > 0 && rest.compareTo(told.get(last).told()) == 0) {
            BigDecimal former = assumed.get(last - 1);
            BigDecimal other = otherThan(told.get(last - 1).told(), former);
            assumed.set(last - 1, other);
            assumed.set(last, rest.add(former).subtract(other));
        }
        return assumed;
    }

    private static BigDecimal otherThan(BigDecimal one, BigDecimal another) {
        return Stream.of(BigDecimal.ZERO, BigDecimal.ONE, BigDecimal.valueOf(2))
                .filter(value -> value.compareTo(one) != 0 && value.compareTo(another) != 0)
                .findFirst()
                .orElseThrow();
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
