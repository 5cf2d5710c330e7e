package io.tallymark.report;

import java.math.BigDecimal;

/** Exact decimals in one form: 1, 1.0 and 1E+0 are the same quantity and are written the same way. */
final class Quantity {
    private Quantity() {}

    /** Without trailing zeros and without an exponent. */
    static BigDecimal plain(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    static boolean equal(BigDecimal left, BigDecimal right) {
        return left.compareTo(right) == 0;
    }

    static boolean isZero(BigDecimal value) {
        return value.signum() == 0;
    }
}
