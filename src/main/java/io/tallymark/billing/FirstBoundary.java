package io.tallymark.billing;

import io.tallymark.stripe.StripeBilling.Boundary;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;

/** Where the periods of a new subscription begin: on a full hour, on a day of the month for periods of months and years. */
final class FirstBoundary {
    private FirstBoundary() {}

    /** @param start full hour with which the subscription begins; the first boundary comes after it */
    static Boundary of(String interval, int day, int hour, Instant start) {
        return switch (interval) {
            case "month" -> Boundary.monthly(day, hour);
            case "year" -> Boundary.yearly(nextMonth(day, hour, start), day, hour);
            default -> Boundary.at(nextHourOfDay(hour, start));
        };
    }

    /** The month in which the day comes next; a month without that day has it on its last one. */
    private static int nextMonth(int day, int hour, Instant start) {
        YearMonth month = YearMonth.from(start.atZone(ZoneOffset.UTC));
        LocalDate date = month.atDay(Math.min(day, month.lengthOfMonth()));
        Instant thisMonth = date.atTime(hour, 0).toInstant(ZoneOffset.UTC);
        return thisMonth.isAfter(start)
                ? month.getMonthValue()
                : month.plusMonths(1).getMonthValue();
    }

    private static Instant nextHourOfDay(int hour, Instant start) {
        Instant today =
                start.atZone(ZoneOffset.UTC).toLocalDate().atTime(hour, 0).toInstant(ZoneOffset.UTC);
        return today.isAfter(start) ? today : today.plus(Duration.ofDays(1));
    }
}
