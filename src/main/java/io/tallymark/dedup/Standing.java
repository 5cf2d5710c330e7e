package io.tallymark.dedup;

/** How an identity stands. */
enum Standing {
    /** Its event is in the totals. */
    COUNTED,
    /** Its event was counted and taken out again. */
    WITHDRAWN,
    /** A void of it came; the event has not. */
    VOID_WAITING,
    /** Nothing is known of it, or no longer; never stored. */
    UNKNOWN
}
