package io.tallymark.dedup;

/** How an identity stands. */
enum Standing {
    /** Its event is in the totals. */
    COUNTED(0),
    /** Its event was counted and taken out again. */
    WITHDRAWN(1),
    /** A void of it came; the event has not. */
    VOID_WAITING(2),
    /** Nothing is known of it, or no longer; never stored. */
    UNKNOWN(3);

    private static final Standing[] STORED = {COUNTED, WITHDRAWN, VOID_WAITING};

    private final int code;

    Standing(int code) {
        this.code = code;
    }

    /** Its number in state, which never changes; two bits. */
    int code() {
        return code;
    }

    static Standing ofCode(int code) {
        return STORED[code];
    }
}
