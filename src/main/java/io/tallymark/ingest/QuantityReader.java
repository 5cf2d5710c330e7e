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
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");

    private QuantityReader() {}

    static BigDecimal read(String path, JsonNode node, boolean negativeAllowed) throws RejectException {
        BigDecimal plain = node.isNumber() || node.isTextual() ? PlainDecimal.read(node.asText()) : null;
        if (plain != null && (negativeAllowed || plain.signum() >= 0)) {
            return plain;
        }
        if (!node.isNumber() && !isDecimal(node)) {
            throw new RejectException(
                    RejectReason.NOT_A_NUMBER, path + " is no decimal number: " + RejectException.shown(node));
        }
        BigDecimal value = exact(path, node.asText());
        if (value.signum() < 0 && !negativeAllowed) {
            throw new RejectException(
                    RejectReason.OUT_OF_RANGE,
                    path + " is negative: " + RejectException.shown(node.asText())
                            + "; the meter takes such values with negative: allow");
        }
        return bounded(path, value);
    }

    private static boolean isDecimal(JsonNode node) {
        return node.isTextual()
                && node.textValue().length() <= MAX_TEXT_CHARS
                && DECIMAL.matcher(node.textValue()).matches();
    }

    private static BigDecimal exact(String path, String text) throws RejectException {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            // It has the form of a number, but no int holds its exponent.
            throw outOfRange(path, text);
        }
    }

    /** Looks at precision and scale only, so that 1e999999999 costs nothing. */
    private static BigDecimal bounded(String path, BigDecimal value) throws RejectException {
        if (value.signum() == 0) {
            return BigDecimal.ZERO;
        }
        // First the size: stripping 1000e2147483647 overflows its exponent.
        if ((long) value.precision() - value.scale() > MAX_INTEGER_DIGITS) {
            throw outOfRange(path, value.toString());
        }
        BigDecimal stripped = value.stripTrailingZeros();
        if (stripped.scale() > MAX_FRACTION_DIGITS) {
            throw outOfRange(path, value.toString());
        }
        return stripped;
    }

    private static RejectException outOfRange(String path, String value) {
        return new RejectException(
                RejectReason.OUT_OF_RANGE,
                path + " is outside " + MAX_INTEGER_DIGITS + " digits before and " + MAX_FRACTION_DIGITS
                        + " after the point: " + RejectException.shown(value));
    }
}
