package io.tallymark.cli;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Billing periods by the month in which they end, the same everywhere. */
final class PeriodOption {
    @Option(
            names = "--period",
            paramLabel = "MONTH",
            converter = MonthConverter.class,
            description =
                    "only periods that end in this month, UTC, its last instant included: 2026-03 holds the one that"
                            + " ends 2026-04-01T00:00Z")
    private @Nullable YearMonth month;

    /** Periods end after it; null: whenever. */
    @Nullable
    Instant from() {
        return month == null ? null : start(month);
    }

    /** Periods end then or before; null with {@link #from}. */
    @Nullable
    Instant to() {
        return month == null ? null : start(month.plusMonths(1));
    }

    boolean isGiven() {
        return month != null;
    }

    private static Instant start(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
