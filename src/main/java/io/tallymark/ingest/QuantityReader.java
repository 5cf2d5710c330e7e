package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.usage.RejectReason;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Reads a quantity as an exact decimal: a JSON number, or a string that holds one. */
final class QuantityReader {
    /** Digits before the point, and after it; a year of such values still fits a numeric column. */
    static final int MAX_INTEGER_DIGITS = 20;

    static final int MAX_FRACTION_DIGITS = 18;
    private static final int MAX_TEXT_CHARS = 100;
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,9})?");

    private QuantityReader() {}

    static BigDecimal read(String path, JsonNode node) throws RejectException {
        BigDecimal value = node.isNumber() ? node.decimalValue() : parse(path, node);
        return bounded(path, value);
    }

    private static BigDecimal parse(String path, JsonNode node) throws RejectException {
        String text = node.isTextual() ? node.textValue() : node.toString();
        if (!node.isTextual()
                || text.length() > MAX_TEXT_CHARS
                || !DECIMAL.matcher(text).matches()) {
            throw new RejectException(
                    RejectReason.NOT_A_NUMBER, path + " is no decimal number: " + RejectException.shown(text));
        }
        return new BigDecimal(text);
    }

    /** Looks at precision and scale only, so that 1e999999999 costs nothing. */
    private static BigDecimal bounded(String path, BigDecimal value) throws RejectException {
        if (value.signum() == 0) {
            return BigDecimal.ZERO;
        }
        if (value.signum() < 0) {
            throw new RejectException(RejectReason.OUT_OF_RANGE, path + " is negative: " + value);
        }
        // First the size: stripping 1000e2147483647 overflows its exponent.
        if ((long) value.precision() - value.scale() > MAX_INTEGER_DIGITS) {
            throw outOfRange(path, value);
        }
        BigDecimal stripped = value.stripTrailingZeros();
        if (stripped.scale() > MAX_FRACTION_DIGITS) {
            throw outOfRange(path, value);
        }
        return stripped;
    }

    private static RejectException outOfRange(String path, BigDecimal value) {
        return new RejectException(
                RejectReason.OUT_OF_RANGE,
                path + " is outside " + MAX_INTEGER_DIGITS + " digits before and " + MAX_FRACTION_DIGITS
                        + " after the point: " + RejectException.shown(value.toString()));
    }
}
