package io.tallymark.dedup;

/**
 * What to do with a record, given how its identity stands: the whole rule of counting once. The first event of an identity counts, the
 * first void with the same content takes it out, and everything else is a repeat or a mistake. What becomes of a set of records does
 * not depend on the order of an event and its voids: when an event comes, the voids that waited for it are decided again.
 */
enum Decision {
    /** First event of its identity: add it to the totals. */
    COUNT,
    /** A repeat of an event or of a void: nothing happens. */
    DUPLICATE,
    /** A repeat with another time or content: nothing happens, but somebody should look. */
    CONFLICT,
    /** A void of what was counted: take it out. */
    WITHDRAW,
    /** A void before its event: remember it. */
    AWAIT_EVENT,
    /** A void of something else than what was counted: a dead letter. */
    REFUSE,
    /** A void of what was counted so long ago that its hour is closed for good: a dead letter. */
    REFUSE_LATE;

    /**
     * Decides on an event.
     *
     * @param same whether its {@link io.tallymark.usage.ContentCheck} is that of the event that was counted
     */
    static Decision onEvent(Standing standing, boolean same) {
        return switch (standing) {
            case UNKNOWN, VOID_WAITING -> COUNT;
            case COUNTED, WITHDRAWN -> same ? DUPLICATE : CONFLICT;
        };
    }

    /**
     * Decides on a void.
     *
     * @param repeated whether a void with the same content came before and withdrew nothing
     * @param same whether its {@link io.tallymark.usage.ContentCheck} is that of the event that was counted
     * @param inTime whether the hour of the event that was counted can still change
     */
    static Decision onVoid(Standing standing, boolean repeated, boolean same, boolean inTime) {
        if (repeated) {
            return DUPLICATE;
        }
        return switch (standing) {
            case UNKNOWN, VOID_WAITING -> AWAIT_EVENT;
            case COUNTED -> same ? (inTime ? WITHDRAW : REFUSE_LATE) : REFUSE;
            case WITHDRAWN -> same ? DUPLICATE : REFUSE;
        };
    }
}
