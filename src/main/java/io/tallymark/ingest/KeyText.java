package io.tallymark.ingest;

import io.tallymark.usage.RejectReason;
import java.nio.charset.StandardCharsets;

/** Bounds on text that becomes part of a key: what Postgres cannot index or store must not reach it. */
final class KeyText {
    private static final int MAX_UTF8_BYTES_PER_CHAR = 3;

    private KeyText() {}

    static String checked(String name, String value, int maxChars) throws RejectException {
        if (!InputBounds.isBounded(maxChars)) {
            return value;
        }
        checkedLength(name, value, maxChars);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\0') {
                throw new RejectException(RejectReason.UNREADABLE, name + " holds a NUL character");
            }
            if (Character.isSurrogate(c)) {
                // Such text has no UTF-8 form: two different values would become the same bytes.
                if (i + 1 == value.length() || !Character.isSurrogatePair(c, value.charAt(i + 1))) {
                    throw new RejectException(RejectReason.UNREADABLE, name + " holds half a surrogate pair");
                }
                i++;
            }
        }
        return value;
    }

    /** Looks at the length only: enough for text that was read strictly and without escapes, which has nothing else to be refused. */
    static String checkedLength(String name, String value, int maxChars) throws RejectException {
        if (value.length() > maxChars) {
            requireLength(name, value, maxChars);
        }
        return value;
    }

    /** As Postgres counts: an emoji is one character. */
    private static void requireLength(String name, String value, int maxChars) throws RejectException {
        int chars = value.codePointCount(0, value.length());
        if (chars > maxChars) {
            throw new RejectException(
                    RejectReason.TOO_LARGE,
                    name + " has " + chars + " characters; the limit is " + maxChars + ": "
                            + RejectException.shown(value));
        }
    }

    static String checkedDimensions(String name, String json, int maxBytes) throws RejectException {
        if (json.length() <= maxBytes / MAX_UTF8_BYTES_PER_CHAR) {
            return json;
        }
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > maxBytes) {
            throw new RejectException(
                    RejectReason.TOO_LARGE,
                    name + " have " + bytes + " bytes; the limit is " + maxBytes + ": " + RejectException.shown(json));
        }
        return json;
    }
}
