package io.tallymark.dedup;

import org.jspecify.annotations.Nullable;

/** What to do with a record, given how its identity stands. The whole rule of counting once is in {@link #on}. */
enum Decision {
    /** First of its identity: add it to the totals. */
    COUNT,
    /** A repeat of an event or a void: nothing happens. */
    DUPLICATE,
    /** A repeat with another time or content: nothing happens, but somebody should look. */
    CONFLICT,
    /** A void of what was counted: take it out. */
    WITHDRAW,
    /** A void before its event: remember it. */
    AWAIT_EVENT,
    /** The event of a waiting void: count it and take it out, so that the totals are those of the other order. */
    COUNT_AND_WITHDRAW,
    /** An event that a waiting void does not match: count it and refuse the void, as in the other order. */
    COUNT_AND_REFUSE_VOID,
    /** A void of something else than what was counted: a dead letter. */
    REFUSE;

    /**
     * Decides.
     *
     * @param seen how the identity stands; null when it is not known, or known no longer
     * @param isVoid whether the record is a void
     * @param check the record's {@link ContentCheck}
     */
    static Decision on(@Nullable SeenId seen, boolean isVoid, long check) {
        if (seen == null) {
            return isVoid ? AWAIT_EVENT : COUNT;
        }
        boolean same = seen.check() == check;
        return switch (seen.standing()) {
            case COUNTED -> isVoid ? (same ? WITHDRAW : REFUSE) : repeat(same);
            case WITHDRAWN -> isVoid ? (same ? DUPLICATE : REFUSE) : repeat(same);
            case VOID_WAITING ->
                isVoid ? (same ? DUPLICATE : REFUSE) : (same ? COUNT_AND_WITHDRAW : COUNT_AND_REFUSE_VOID);
        };
    }

    private static Decision repeat(boolean same) {
        return same ? DUPLICATE : CONFLICT;
    }
}
