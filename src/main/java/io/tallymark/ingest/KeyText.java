package io.tallymark.ingest;

import io.tallymark.usage.RejectReason;
import java.nio.charset.StandardCharsets;

/** Bounds on text that becomes part of a key: what Postgres cannot index or store must not reach it. */
final class KeyText {
    static final int MAX_ID_CHARS = 512;
    static final int MAX_CUSTOMER_CHARS = 255;
    /** As UTF-8: with the longest customer and metric beside them, the row's key still fits a Postgres index entry of 2704 bytes. */
    static final int MAX_DIMENSIONS_BYTES = 1024;

    private KeyText() {}

    static String checked(String name, String value, int maxChars) throws RejectException {
        // As Postgres counts: an emoji is one character.
        int chars = value.codePointCount(0, value.length());
        if (chars > maxChars) {
            throw new RejectException(
                    RejectReason.TOO_LARGE,
                    name + " has " + chars + " characters; the limit is " + maxChars + ": "
                            + RejectException.shown(value));
        }
        if (value.indexOf('\0') >= 0) {
            throw new RejectException(RejectReason.UNREADABLE, name + " holds a NUL character");
        }
        if (hasLoneSurrogate(value)) {
            throw new RejectException(RejectReason.UNREADABLE, name + " holds half a surrogate pair");
        }
        return value;
    }

    static String checkedDimensions(String name, String json) throws RejectException {
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_DIMENSIONS_BYTES) {
            throw new RejectException(
                    RejectReason.TOO_LARGE,
                    name + " have " + bytes + " bytes; the limit is " + MAX_DIMENSIONS_BYTES + ": "
                            + RejectException.shown(json));
        }
        return json;
    }

    /** Such text has no UTF-8 form: two different values would become the same bytes. */
    private static boolean hasLoneSurrogate(String value) {
        return value.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
