package io.tallymark.usage;

/** Names of record headers that one stage writes and another reads. */
public final class HeaderNames {
    /** On a dead letter, and on the record that a redrive makes of it: append time of the record that was read first, RFC 3339. */
    public static final String APPEND_TIME = "tallymark-append-time";

    private HeaderNames() {}
}
