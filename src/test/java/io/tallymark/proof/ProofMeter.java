package io.tallymark.proof;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A meter of the reporting proof: every mode, and every kind of value that a mode can carry. */
enum ProofMeter {
    HOURLY_SUM("aggregation: sum, value: data.amount, dimensions: [data.model]", Way.HOUR, "hourly-total"),
    HOURLY_COUNT("aggregation: count", Way.HOUR, "hourly-total"),
    DELTA_SUM("aggregation: sum, value: data.amount", Way.HOUR, "delta"),
    PERIOD_SUM("aggregation: sum, value: data.amount", Way.PERIOD, "period-total"),
    PERIOD_MAX("aggregation: max, value: data.amount", Way.PERIOD, "period-total"),
    PERIOD_LAST("aggregation: last, value: data.amount", Way.PERIOD, "period-total"),
    RECORD_SET("aggregation: count", Way.RECORD, "usage-record, action: set"),
    RECORD_INCREMENT("aggregation: sum, value: data.units", Way.RECORD, "usage-record, action: increment");

    /** Where Stripe's side is read. */
    enum Way {
        /** By the hour, from a meter. */
        HOUR,
        /** By the billing period, from a meter. */
        PERIOD,
        /** By the hour, from a legacy subscription item. */
        RECORD
    }

    private final String counting;
    private final Way way;
    private final String mode;

    ProofMeter(String counting, Way way, String mode) {
        this.counting = counting;
        this.way = way;
        this.mode = mode;
    }

    /** Of the metric, and of the Stripe meter. */
    String metric() {
        return name().toLowerCase(Locale.ROOT);
    }

    Way way() {
        return way;
    }

    /** Whether its hours add up to what Stripe bills. */
    boolean addsUp() {
        return this != PERIOD_MAX && this != PERIOD_LAST;
    }

    /** What the hours or events of some time make together; 0 without any. */
    BigDecimal total(List<ProofEvent> events) {
        return switch (this) {
            case HOURLY_COUNT, RECORD_SET -> BigDecimal.valueOf(events.size());
            case RECORD_INCREMENT ->
                BigDecimal.valueOf(events.stream().mapToLong(ProofEvent::units).sum());
            case PERIOD_MAX ->
                events.stream()
                        .map(ProofEvent::amount)
                        .max(Comparator.naturalOrder())
                        .orElse(BigDecimal.ZERO);
            case PERIOD_LAST ->
                events.stream()
                        .max(Comparator.comparing(ProofEvent::time))
                        .map(ProofEvent::amount)
                        .orElse(BigDecimal.ZERO);
            default -> events.stream().map(ProofEvent::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
        };
    }

    /** The section of tallymark.yaml, with a meter for {@link ProofTraffic}'s markers, which Stripe is not told. */
    static String yaml() {
        return Arrays.stream(values()).map(ProofMeter::line).collect(Collectors.joining("\n", "meters:\n", """

                  - {metric: markers, event-type: marker, aggregation: count}
                """));
    }

    private String line() {
        String name = way == Way.RECORD ? "" : "event-name: " + metric() + ", ";
        return "  - {metric: %s, event-type: usage, %s, stripe: {%smode: %s}}"
                .formatted(metric(), counting, name, mode);
    }
}
