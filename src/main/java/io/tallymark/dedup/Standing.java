package io.tallymark.dedup;

/** How an identity stands. */
enum Standing {
    /** Its event is in the totals. */
    COUNTED,
    /** Its event was counted and taken out again. */
    WITHDRAWN,
    /** Its void came; the event has not. */
    VOID_WAITING
}
