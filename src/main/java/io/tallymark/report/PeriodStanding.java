package io.tallymark.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one target was told about a billing period, and what the table says of it.
 *
 * @param told sum of what it was told about the period's hours
 * @param newestTold value of the told report with the newest timestamp; absent: nothing was told
 * @param newestTimestamp of any report, whatever became of it; absent: there was none
 * @param ambiguous whether nobody knows if one of them arrived: it waits for a person, or was refused after an unknown outcome
 * @param largest largest closed hour with events
 * @param newest quantity of the newest closed hour with events
 */
record PeriodStanding(
        BigDecimal told,
        @Nullable BigDecimal newestTold,
        @Nullable Instant newestTimestamp,
        boolean ambiguous,
        @Nullable BigDecimal largest,
        @Nullable BigDecimal newest) {
    Optional<BigDecimal> newestToldValue() {
        return Optional.ofNullable(newestTold);
    }

    Optional<Instant> newestReported() {
        return Optional.ofNullable(newestTimestamp);
    }

    BigDecimal largestHour() {
        return Optional.ofNullable(largest).orElse(BigDecimal.ZERO);
    }

    BigDecimal newestHour() {
        return Optional.ofNullable(newest).orElse(BigDecimal.ZERO);
    }
}
