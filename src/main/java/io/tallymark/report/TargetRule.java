package io.tallymark.report;

import io.tallymark.usage.Meter;
import io.tallymark.usage.Meter.StripeReport;
import io.tallymark.usage.ReportMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where an hour is told. Once Stripe knows something of it, the hour stays with the customer and meter that know it: telling another
 * one the total would bill it twice.
 */
final class TargetRule {
    private final Map<String, StripeReport> meters;
    private final CustomerMapping customerMapping;

    TargetRule(List<Meter> meters, CustomerMapping customerMapping) {
        this.meters = meters.stream()
                .filter(meter -> meter.stripe().isPresent())
                .collect(Collectors.toUnmodifiableMap(
                        Meter::metric, meter -> meter.stripe().orElseThrow()));
        this.customerMapping = customerMapping;
    }

    boolean knows(String metric) {
        return meters.containsKey(metric);
    }

    /** Absent while the customer, or its subscription item, is not mapped. */
    Optional<Target> of(HourStanding standing) {
        Optional<Target> told = standing.toldTarget();
        if (told.isPresent()) {
            return told;
        }
        StripeReport meter = meters.get(standing.hour().metric());
        return meter == null ? Optional.empty() : fresh(standing, meter);
    }

    /** What the mapping must still learn, as {@code report_due.waiting_for} says it. */
    String missing(HourStanding standing) {
        return customer(standing).isEmpty() ? ReportPolicy.WAITING_FOR_CUSTOMER : ReportPolicy.WAITING_FOR_ITEM;
    }

    private Optional<Target> fresh(HourStanding standing, StripeReport meter) {
        ReportMode mode = meter.mode();
        Optional<String> name = mode.isUsageRecord() ? standing.subscriptionItem() : Optional.of(meter.eventName());
        return customer(standing).flatMap(customer -> name.map(known -> new Target(mode, known, customer)));
    }

    private Optional<String> customer(HourStanding standing) {
        return switch (customerMapping) {
            case TABLE -> standing.customer();
            case IDENTITY -> Optional.of(standing.hour().customerId());
        };
    }
}
