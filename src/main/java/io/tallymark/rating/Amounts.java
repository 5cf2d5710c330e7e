package io.tallymark.rating;

import java.math.BigDecimal;

/** What Stripe takes as an amount of a price. */
final class Amounts {
    static final int MOST_DECIMALS = 12;

    private Amounts() {}

    /**
     * Refuses what Stripe would refuse.
     *
     * @param what for the message
     * @throws IllegalArgumentException naming the value
     */
    static BigDecimal checked(String what, BigDecimal amount) {
        if (amount.signum() < 0) {
            throw new IllegalArgumentException(what + " is " + amount.toPlainString() + ": must not be below 0");
        }
        if (amount.stripTrailingZeros().scale() > MOST_DECIMALS) {
            throw new IllegalArgumentException(
                    what + " is " + amount.toPlainString() + ": has more than " + MOST_DECIMALS + " decimals");
        }
        return amount;
    }
}
