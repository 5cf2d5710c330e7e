package io.tallymark.aggregate;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;

/**
 * What some contributions to one hour's total add to it together, less what they take out: the element between {@link AddUpLocally} and
 * {@link SumHours}.
 *
 * @param timeMillis event time of one of them, ms since the epoch: says which hour
 * @param quantity exact decimal; a withdrawal counts negative
 * @param counted events that are added
 * @param withdrawn events that are taken out
 * @param digestHigh upper half of the sum of the fingerprints, those of withdrawn events subtracted
 * @param digestLow lower half
 */
public record Subtotal(
        UsageKey key,
        long timeMillis,
        BigDecimal quantity,
        long counted,
        long withdrawn,
        long digestHigh,
        long digestLow) {
    /** One contribution alone. */
    public static Subtotal of(Contribution contribution) {
        Fingerprint fingerprint = contribution.fingerprint();
        boolean withdrawn = contribution.withdrawn();
        Fingerprint digest = withdrawn ? Fingerprint.ZERO.minus(fingerprint) : fingerprint;
        return new Subtotal(
                contribution.key(),
                contribution.timeMillis(),
                withdrawn ? contribution.quantity().negate() : contribution.quantity(),
                withdrawn ? 0 : 1,
                withdrawn ? 1 : 0,
                digest.high(),
                digest.low());
    }

    public BillingHour hour() {
        return BillingHour.containing(timeMillis);
    }

    Fingerprint digest() {
        return new Fingerprint(digestHigh, digestLow);
    }

    /** The contribution of which this is made; a total that is no sum needs each of them. */
    Contribution only() {
        if (counted + withdrawn != 1) {
            throw new IllegalStateException(counted + " contributions to " + key + " in the hour " + hour() + " and "
                    + withdrawn + " withdrawals were added up, but its meter does not add up");
        }
        boolean isWithdrawn = withdrawn == 1;
        Fingerprint fingerprint = isWithdrawn ? Fingerprint.ZERO.minus(digest()) : digest();
        return new Contribution(
                key,
                timeMillis,
                isWithdrawn ? quantity.negate() : quantity,
                fingerprint.high(),
                fingerprint.low(),
                isWithdrawn);
    }
}
