package io.tallymark.ingest;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Reads the ordinary form of a quantity, {@code 1024} or {@code -12.75}, without a pattern and without big integers. Every other text,
 * right or wrong, is for {@link QuantityReader}.
 */
final class PlainDecimal {
    /** As many always fit a long, and are within the bounds of a quantity wherever the point is. */
    private static final int MAX_DIGITS = 18;

    private static final int LONGEST = "-".length() + MAX_DIGITS + ".".length();

    private PlainDecimal() {}

    /** The number without trailing zeros, as {@link BigDecimal#stripTrailingZeros} has it; null when the text has another form. */
    static @Nullable BigDecimal read(String text) {
        int length = text.length();
        if (length == 0 || length > LONGEST) {
            return null;
        }
        boolean isNegative = text.charAt(0) == '-';
        int begin = isNegative ? 1 : 0;
        int point = -1;
        long digits = 0;
        for (int i = begin; i < length; i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                digits = digits * 10 + (c - '0');
            } else if (c == '.' && point < 0 && i > begin) {
                point = i;
            } else {
                return null;
            }
        }
        int count = length - begin - (point < 0 ? 0 : 1);
        if (count == 0 || count > MAX_DIGITS || point == length - 1) {
            return null;
        }
        return stripped(isNegative ? -digits : digits, point < 0 ? 0 : length - 1 - point);
    }

    private static BigDecimal stripped(long digits, int scale) {
        BigDecimal value = BigDecimal.valueOf(digits, scale);
        // Zero too: it strips to BigDecimal.ZERO, whatever its scale.
        return digits % 10 == 0 ? value.stripTrailingZeros() : value;
    }
}
