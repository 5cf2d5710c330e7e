package io.tallymark.config;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads how a meter is reported to Stripe and refuses what would bill wrong there; it knows all meters of the file. */
final class MeterReportConfig {
    private static final int MAX_EVENT_NAME_CHARS = 100;
    private static final String USAGE_RECORD = "usage-record";
    private static final Map<String, ReportMode> MODES = Map.of(
            ReportMode.HOURLY_TOTAL.configName(),
            ReportMode.HOURLY_TOTAL,
            ReportMode.DELTA.configName(),
            ReportMode.DELTA,
            ReportMode.PERIOD_TOTAL.configName(),
            ReportMode.PERIOD_TOTAL,
            USAGE_RECORD,
            ReportMode.USAGE_RECORD_SET);
    private static final Map<String, ReportMode> ACTIONS =
            Map.of("set", ReportMode.USAGE_RECORD_SET, "increment", ReportMode.USAGE_RECORD_INCREMENT);

    private final Problems problems;
    private final Set<String> eventNames = new HashSet<>();

    MeterReportConfig(Problems problems) {
        this.problems = problems;
    }

    /** Empty when the meter stays in the table. */
    Optional<Meter.StripeReport> read(ConfigSection meter, Aggregation aggregation, List<String> dimensions) {
        if (!meter.has("stripe")) {
            return Optional.empty();
        }
        ConfigSection section = meter.section("stripe");
        ReportMode mode = mode(section);
        checkAggregation(meter, aggregation, dimensions, mode);
        String eventName = mode.isUsageRecord() ? noEventName(section) : eventName(section);
        section.finish();
        return Optional.of(new Meter.StripeReport(eventName, mode));
    }

    private ReportMode mode(ConfigSection section) {
        ReportMode mode = section.choice("mode", ReportMode.HOURLY_TOTAL, MODES);
        if (!section.has("action")) {
            return mode;
        }
        if (!mode.isUsageRecord()) {
            problems.add(
                    section.key("action"),
                    "has no meaning for the mode " + mode.configName() + ": remove it, or use mode usage-record");
        }
        ReportMode withAction = section.choice("action", ReportMode.USAGE_RECORD_SET, ACTIONS);
        return mode.isUsageRecord() ? withAction : mode;
    }

    /** Usage records go to subscription items, which the table billing_item names customer by customer. */
    private String noEventName(ConfigSection section) {
        if (section.has("event-name")) {
            problems.add(
                    section.key("event-name"),
                    section.text("event-name", "") + " has no meaning for the mode usage-record, which reports to the"
                            + " subscription items in billing_item: remove it");
        }
        return "";
    }

    private String eventName(ConfigSection section) {
        String eventName = section.requiredText("event-name");
        if (eventName.length() > MAX_EVENT_NAME_CHARS) {
            problems.add(section.key("event-name"), "has more than " + MAX_EVENT_NAME_CHARS + " characters");
        }
        if (!eventNames.add(eventName)) {
            problems.add(
                    section.key("event-name"),
                    eventName + " is fed by another meter too: their totals would overwrite each other in Stripe");
        }
        return eventName;
    }

    private void checkAggregation(
            ConfigSection meter, Aggregation aggregation, List<String> dimensions, ReportMode mode) {
        if (aggregation != Aggregation.MAX && aggregation != Aggregation.LAST) {
            return;
        }
        String name = aggregation.name().toLowerCase(Locale.ROOT);
        if (mode != ReportMode.PERIOD_TOTAL) {
            problems.add(
                    meter.key("stripe"),
                    "Stripe would add the hours of a " + name
                            + " meter up; use mode period-total, or leave stripe out to keep it in the table");
        } else if (!dimensions.isEmpty()) {
            problems.add(
                    meter.key("dimensions"),
                    dimensions + " cannot be reported for a " + name
                            + " meter: Stripe keeps one number for each customer; report a second meter without"
                            + " dimensions and leave stripe out of this one");
        }
    }
}
