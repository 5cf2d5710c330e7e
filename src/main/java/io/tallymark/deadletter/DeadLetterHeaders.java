package io.tallymark.deadletter;

import io.tallymark.usage.HeaderNames;
import java.util.List;

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
    /**
     * RFC 3339. On a letter: when Kafka stored the record. On a record that was sent again: when Kafka stored it first, so that an event
     * without a time keeps its hour, however often it is sent.
     */
    public static final String APPEND_TIME = HeaderNames.APPEND_TIME;

    /**
     * Size of a record that the letter does not hold, or {@link #UNKNOWN_BYTES}; it is still at its origin. It then is the first header
     * of the letter, and the record's own headers are left out too. Absent when the letter holds the record.
     */
    public static final String OMITTED_BYTES = "tallymark-omitted-bytes";

    public static final String UNKNOWN_BYTES = "unknown";

    /** On a record that was sent again, not on letters: position of the letter in the dead-letter topic. */
    public static final String REDRIVEN_FROM = "tallymark-redriven-from";

    /** What every letter ends with, in this order; whatever stands before is the record's own, even under the same names. */
    static final List<String> ENDING = List.of(REASON, DETAIL, TOPIC, PARTITION, OFFSET, APPEND_TIME);

    private DeadLetterHeaders() {}
}
