package io.tallymark.deadletter;

import io.tallymark.usage.HeaderNames;

/**
 * Names of the headers that a dead letter carries besides the record's own; all values are text in UTF-8. Topic, partition and offset
 * together are the letter's identity: after a crash one may be written again, and only then.
 */
public final class DeadLetterHeaders {
    public static final String REASON = "tallymark-reason";
    public static final String DETAIL = "tallymark-detail";
    public static final String TOPIC = "tallymark-topic";
    public static final String PARTITION = "tallymark-partition";
    public static final String OFFSET = "tallymark-offset";
    /** Append time of the original record, RFC 3339. */
    public static final String APPEND_TIME = HeaderNames.APPEND_TIME;

    /** Bytes of a record too large to be kept in a letter; it is still at its origin. Absent when the letter holds the record. */
    public static final String OMITTED_BYTES = "tallymark-omitted-bytes";

    private DeadLetterHeaders() {}
}
