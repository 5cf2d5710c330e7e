package io.tallymark.aggregate;

import io.tallymark.usage.Contribution;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;

/** A {@link Contribution} without its key, as it lies in the log of an hour whose total cannot be computed backwards. */
public record LoggedContribution(
        long timeMillis, BigDecimal quantity, long fingerprintHigh, long fingerprintLow, boolean withdrawn) {
    static LoggedContribution of(Contribution contribution) {
        return new LoggedContribution(
                contribution.timeMillis(),
                contribution.quantity(),
                contribution.fingerprintHigh(),
                contribution.fingerprintLow(),
                contribution.withdrawn());
    }

    Contribution of(UsageKey key) {
        return new Contribution(key, timeMillis, quantity, fingerprintHigh, fingerprintLow, withdrawn);
    }
}
