package io.tallymark.usage;

import org.jspecify.annotations.Nullable;

/**
 * One line for the balance sheet: that a record was read, what became of it, or both. Lines add up, so a decision that is revised later
 * is a line of -1 and one of +1.
 *
 * @param origin the record
 * @param appendTimeMillis its append time, ms since the epoch: chooses the row's hour
 * @param read whether this line counts the record as read; exactly one line of each record does
 * @param outcome what became of it; null when that is decided further down the path
 * @param detail of DEAD_LETTERED the {@link RejectReason}'s name, of UNCOVERED the event's hour in ISO 8601; otherwise empty
 * @param count 1, or -1 for a decision that is revised; 0 with no outcome
 */
public record IntakeEntry(
        Origin origin,
        long appendTimeMillis,
        boolean read,
        @Nullable Outcome outcome,
        String detail,
        int count) {

    /** A record whose outcome is decided further down the path. */
    public static IntakeEntry read(Origin origin, long appendTimeMillis) {
        return new IntakeEntry(origin, appendTimeMillis, true, null, "", 0);
    }

    /** A record that ends where it was read. */
    public static IntakeEntry readAs(Outcome outcome, String detail, Origin origin, long appendTimeMillis) {
        return new IntakeEntry(origin, appendTimeMillis, true, outcome, detail, 1);
    }

    /** The outcome of a record that was read before. */
    public static IntakeEntry decided(Outcome outcome, String detail, Origin origin, long appendTimeMillis) {
        return new IntakeEntry(origin, appendTimeMillis, false, outcome, detail, 1);
    }

    /** Takes back an outcome stated before. */
    public static IntakeEntry revoked(Outcome outcome, Origin origin, long appendTimeMillis) {
        return new IntakeEntry(origin, appendTimeMillis, false, outcome, "", -1);
    }
}
