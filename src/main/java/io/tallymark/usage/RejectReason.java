package io.tallymark.usage;

/** Why a record went to the dead-letter topic: a closed list, so that every reason can be counted and alarmed on. */
public enum RejectReason {
    /** Not a JSON object in UTF-8, or with a name twice, or a key's text holds what no table can store. */
    UNREADABLE,
    /** A required CloudEvents attribute or a meter's value is absent or empty. */
    MISSING_ATTRIBUTE,
    /** No meter listens to the event's {@code type}, and the configuration says that this is an error. */
    UNKNOWN_TYPE,
    /** An attribute, {@code data} or a dimension is of another JSON type than the field allows. */
    WRONG_TYPE,
    /** {@code time}, or the time that a redriven record carries, is no RFC 3339 timestamp. */
    BAD_TIME,
    /** Event time more than 5 minutes after the append time. */
    IN_FUTURE,
    /** Event time more than max-lateness before the append time. */
    TOO_LATE,
    /** A meter's value is no decimal number. */
    NOT_A_NUMBER,
    /** A number with too many digits or too large an exponent, or a negative one where the meter takes none. */
    OUT_OF_RANGE,
    /** The record, its headers, a string or a name in it is longer than its bound. */
    TOO_LARGE,
    /** JSON nested deeper than its bound. */
    TOO_DEEP,
    /** A void whose content is not that of the event that was counted under its identity. */
    VOID_MISMATCH
}
