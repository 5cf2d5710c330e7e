package io.tallymark.rating;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * One line of an invoice. Stripe writes one for the usage in each tier that is reached, and one more for the tier's flat fee, if it has one.
 *
 * @param tier from 1; 0 where the price has none
 * @param quantity units, or packages, charged on this line; 0 for a flat fee
 * @param unitAmount of a unit or package; of a flat fee the fee, in the minor unit
 */
public record RatedLine(Kind kind, int tier, BigDecimal quantity, BigDecimal unitAmount) {

    /** What is charged. */
    public enum Kind {
        USAGE,
        FLAT_FEE
    }

    static RatedLine usage(int tier, BigDecimal quantity, BigDecimal unitAmount) {
        return new RatedLine(Kind.USAGE, tier, quantity, unitAmount);
    }

    static RatedLine flatFee(int tier, BigDecimal fee) {
        return new RatedLine(Kind.FLAT_FEE, tier, BigDecimal.ZERO, fee);
    }

    /** In the minor unit, not rounded. */
    public BigDecimal exactAmount() {
        return kind == Kind.FLAT_FEE ? unitAmount : quantity.multiply(unitAmount);
    }

    /** In the minor unit. Stripe rounds each line to the nearest, and a half up. */
    public BigInteger amount() {
        return exactAmount().setScale(0, RoundingMode.HALF_UP).toBigIntegerExact();
    }
}
