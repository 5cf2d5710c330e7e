package io.tallymark.reconcile;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.UsageQuestion;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Windows that one question to Stripe answers: up to 100 hours of one place at Stripe, or one billing period.
 *
 * @param windows in order
 */
record Batch(StripeSide side, List<Window> windows) {
    /** Stripe's page of summaries. */
    static final Duration LONGEST = Duration.ofHours(100);

    Batch {
        windows = List.copyOf(windows);
    }

    /** Windows of which nothing was ever told are in none. */
    static List<Batch> of(List<Window> windows) {
        Map<StripeSide, List<Window>> bySide = new LinkedHashMap<>();
        windows.stream()
                .sorted(Comparator.comparing(Window::start))
                .forEach(window -> window.stripeSide()
                        .ifPresent(side -> bySide.computeIfAbsent(side, unseen -> new ArrayList<>())
                                .add(window)));
        List<Batch> batches = new ArrayList<>();
        bySide.forEach((side, ordered) -> batches.addAll(cut(side, ordered)));
        return batches;
    }

    UsageQuestion question() {
        Window first = windows.get(0);
        Window last = windows.get(windows.size() - 1);
        return new UsageQuestion(
                side.mode(),
                side.target(),
                customer(first),
                asked(first.start()),
                asked(last.end()),
                !side.isByPeriod());
    }

    private String customer(Window window) {
        return side.mode().isUsageRecord()
                ? window.model().map(ReportLine::stripeCustomerId).orElse("")
                : side.stripeCustomerId();
    }

    /** Meters are asked by the minute; a subscription item's billing periods are told apart by the second. */
    private Instant asked(Instant bound) {
        return bound.truncatedTo(side.mode().isUsageRecord() ? ChronoUnit.SECONDS : ChronoUnit.MINUTES);
    }

    /** The answer for each window; also for hours of which our books know nothing and in which Stripe holds something. */
    Map<Window, HeldValue> answers(HeldUsage held) {
        Map<Window, HeldValue> answers = new LinkedHashMap<>();
        for (Window window : windows) {
            BigDecimal value = side.isByPeriod()
                    ? held.total().orElse(BigDecimal.ZERO)
                    : held.values().getOrDefault(window.start(), BigDecimal.ZERO);
            answers.put(window, new HeldValue(held.status(), value, held.detail()));
        }
        return answers;
    }

    /** Hours that the answer speaks of and no window does. */
    Map<Instant, BigDecimal> strays(HeldUsage held) {
        Map<Instant, BigDecimal> strays = new LinkedHashMap<>();
        if (held.status() == HeldUsage.Status.READ && !side.isByPeriod()) {
            held.values().forEach((hour, value) -> {
                if (windows.stream().noneMatch(window -> window.start().equals(hour)) && isWithin(hour)) {
                    strays.put(hour, value);
                }
            });
        }
        return strays;
    }

    boolean isWithin(Instant hour) {
        return !hour.isBefore(windows.get(0).start())
                && hour.isBefore(windows.get(windows.size() - 1).end());
    }

    private static List<Batch> cut(StripeSide side, List<Window> ordered) {
        List<Batch> batches = new ArrayList<>();
        List<Window> open = new ArrayList<>();
        for (Window window : ordered) {
            if (!open.isEmpty() && (side.isByPeriod() || isTooFar(open.get(0), window))) {
                batches.add(new Batch(side, open));
                open.clear();
            }
            open.add(window);
        }
        if (!open.isEmpty()) {
            batches.add(new Batch(side, open));
        }
        return batches;
    }

    private static boolean isTooFar(Window first, Window window) {
        return BillingHour.containing(window.start()).epochHour()
                        - BillingHour.containing(first.start()).epochHour()
                >= LONGEST.toHours();
    }
}
