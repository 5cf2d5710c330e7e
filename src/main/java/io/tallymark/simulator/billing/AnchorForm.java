package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.catalog.SimulatedPrice;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads when the periods of a new subscription begin: at a date, at the next time that fits a configuration, or now. */
final class AnchorForm {
    private static final String CONFIG = "billing_cycle_anchor_config";
    private static final List<String> FIELDS = List.of("day_of_month", "hour", "minute", "month", "second");

    private final Params params;
    private final List<SimulatedPrice> prices;
    private final Instant now;

    AnchorForm(Params params, List<SimulatedPrice> prices, Instant now) {
        this.params = params;
        this.prices = prices;
        this.now = now;
    }

    Anchor read() {
        if (params.mentions(CONFIG)) {
            if (params.mentions("billing_cycle_anchor")) {
                throw Refusal.badRequest(
                        "",
                        CONFIG,
                        "You may only specify one of these parameters: billing_cycle_anchor,"
                                + " billing_cycle_anchor_config.");
            }
            return configured();
        }
        return Times.at(params, "billing_cycle_anchor").map(this::dated).orElseGet(() -> Anchor.of(now));
    }

    private Anchor dated(Instant at) {
        if (at.isBefore(now)) {
            throw Refusal.badRequest(
                    "",
                    "billing_cycle_anchor",
                    "Timestamp can't be before the current time. You can use `backdate_start_date` to start a"
                            + " subscription in the past.");
        }
        for (SimulatedPrice price : prices) {
            Instant natural = Anchor.of(now).rhythm(price).endAfter(now);
            if (at.isAfter(natural)) {
                throw Refusal.badRequest(
                        "",
                        "billing_cycle_anchor",
                        "`billing_cycle_anchor` cannot be later than next natural billing date ("
                                + natural.getEpochSecond() + ") for plan");
            }
        }
        return Anchor.of(at);
    }

    private Anchor configured() {
        params.allowOnlyWithin(CONFIG, FIELDS);
        requireMonths();
        Map<String, Long> config = new TreeMap<>();
        int day = (int) field(config, "day_of_month", 1, 31, -1);
        if (day < 0) {
            throw Refusal.missing(CONFIG + "[day_of_month]");
        }
        ZonedDateTime current = now.atZone(ZoneOffset.UTC);
        int month = (int) field(config, "month", 1, 12, 0);
        int hour = (int) field(config, "hour", 0, 23, current.getHour());
        int minute = (int) field(config, "minute", 0, 59, current.getMinute());
        int second = (int) field(config, "second", 0, 59, current.getSecond());
        YearMonth candidate = YearMonth.from(current);
        while (true) {
            LocalDate date = candidate.atDay(Math.min(day, candidate.lengthOfMonth()));
            Instant at = date.atTime(hour, minute, second).toInstant(ZoneOffset.UTC);
            if (!at.isBefore(now) && (month == 0 || candidate.getMonthValue() == month)) {
                return new Anchor(at, day, config);
            }
            candidate = candidate.plusMonths(1);
        }
    }

    private long field(Map<String, Long> config, String name, long least, long most, long otherwise) {
        String param = CONFIG + "[" + name + "]";
        if (params.text(param).isEmpty()) {
            return otherwise;
        }
        long value = params.requiredInteger(param);
        if (value < least || value > most) {
            throw Refusal.badRequest(
                    "parameter_invalid_integer", param, "This value must be between " + least + " and " + most + ".");
        }
        config.put(name, value);
        return value;
    }

    private void requireMonths() {
        for (SimulatedPrice price : prices) {
            String interval = SubscriptionItem.recurring(price).interval();
            if (interval.equals("day") || interval.equals("week")) {
                throw Refusal.badRequest(
                        "",
                        CONFIG,
                        "`billing_cycle_anchor_config` can only be used with prices of a monthly or yearly interval.");
            }
        }
    }
}
