package io.tallymark.embedded.traffic;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import java.math.BigDecimal;

/**
 * The right total of one hour.
 *
 * @param dimensions canonical JSON object, {@code {}} without any
 * @param quantity exact, without trailing zeros
 * @param eventCount events counted into it
 * @param digest sum of their fingerprints
 * @param withdrawnCount events that were counted into it and taken out again
 */
public record TruthRow(
        String metric,
        String customerId,
        String dimensions,
        BillingHour hour,
        BigDecimal quantity,
        long eventCount,
        Fingerprint digest,
        long withdrawnCount) {
    public TruthRow {
        quantity = quantity.stripTrailingZeros();
    }
}
