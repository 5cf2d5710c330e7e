package io.tallymark.embedded.demo;

import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.UsageSummary;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Meter;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what Stripe holds, as its own event summaries state it. */
final class StripeReader {
    private final StripeReadings stripe;
    private final List<Meter> meters;
    private final Map<String, String> stripeIdBySubject;

    StripeReader(StripeReadings stripe, List<Meter> meters, Map<String, String> stripeIdBySubject) {
        this.stripe = stripe;
        this.meters = meters.stream()
                .filter(meter -> meter.stripe()
                        .filter(report -> !report.mode().isUsageRecord())
                        .isPresent())
                .toList();
        this.stripeIdBySubject = stripeIdBySubject;
    }

    /** Every customer's total of every reported meter and hour in a range; zeros are left out. */
    Map<TotalKey, BigDecimal> totals(BillingHour first, BillingHour last) {
        Map<TotalKey, BigDecimal> totals = new TreeMap<>();
        Instant end = last.start().plus(1, ChronoUnit.HOURS);
        for (Meter meter : meters) {
            String meterId = stripe.findMeter(meter.stripe().orElseThrow().eventName())
                    .orElseThrow()
                    .id();
            stripeIdBySubject.forEach((subject, customer) -> {
                for (UsageSummary summary : stripe.hourlySummaries(meterId, customer, first.start(), end)) {
                    if (summary.value().signum() != 0) {
                        totals.put(
                                new TotalKey(
                                        meter.metric(), subject, Map.of(), BillingHour.containing(summary.start())),
                                summary.value().stripTrailingZeros());
                    }
                }
            });
        }
        return totals;
    }
}
