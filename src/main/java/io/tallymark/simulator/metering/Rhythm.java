package io.tallymark.simulator.metering;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * When billing periods begin: every so many days, weeks, months or years from an anchor, in UTC. A month that is too short begins its
 * period on its last day, and the next one is back on the anchor's day.
 *
 * @param anchor a boundary; period 0 begins with it
 * @param dayOfMonth the day that months and years aim at; the anchor's own unless its month is too short for it
 * @param interval {@code day}, {@code week}, {@code month} or {@code year}
 * @param count intervals in a period
 */
public record Rhythm(Instant anchor, int dayOfMonth, String interval, long count) {
    private static final long DAY_SECONDS = 86_400;

    /** Aims at the anchor's own day. */
    public static Rhythm of(Instant anchor, String interval, long count) {
        return new Rhythm(anchor, anchor.atZone(ZoneOffset.UTC).getDayOfMonth(), interval, count);
    }

    /** Where a period begins; numbers below 0 are before the anchor. */
    public Instant boundary(long number) {
        return switch (interval) {
            case "day" -> anchor.plusSeconds(number * count * DAY_SECONDS);
            case "week" -> anchor.plusSeconds(number * count * 7 * DAY_SECONDS);
            default -> monthBoundary(number * months());
        };
    }

    /** The period that holds an instant: boundaries belong to the period that they begin. */
    public long numberAt(Instant instant) {
        long number = estimate(instant);
        while (boundary(number).isAfter(instant)) {
            number--;
        }
        while (!boundary(number + 1).isAfter(instant)) {
            number++;
        }
        return number;
    }

    /** The last boundary that is not after an instant. */
    public Instant startAt(Instant instant) {
        return boundary(numberAt(instant));
    }

    /** The first boundary after an instant. */
    public Instant endAfter(Instant instant) {
        return boundary(numberAt(instant) + 1);
    }

    public boolean isBoundary(Instant instant) {
        return startAt(instant).equals(instant);
    }

    /** The same boundaries, counted from the period that holds an instant. */
    public Rhythm countedFrom(Instant instant) {
        return new Rhythm(startAt(instant), dayOfMonth, interval, count);
    }

    private long months() {
        return interval.equals("year") ? 12 * count : count;
    }

    private Instant monthBoundary(long monthsLater) {
        ZonedDateTime first = anchor.atZone(ZoneOffset.UTC);
        YearMonth month = YearMonth.from(first).plusMonths(monthsLater);
        LocalDate date = month.atDay(Math.min(dayOfMonth, month.lengthOfMonth()));
        LocalTime time = first.toLocalTime();
        return date.atTime(time).toInstant(ZoneOffset.UTC);
    }

    private long estimate(Instant instant) {
        long days = ChronoUnit.DAYS.between(anchor, instant);
        return switch (interval) {
            case "day" -> Math.floorDiv(days, count);
            case "week" -> Math.floorDiv(days, 7 * count);
            default -> Math.floorDiv(days, 31 * months());
        };
    }
}
