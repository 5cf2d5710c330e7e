package io.tallymark.usage;

import java.util.Map;

/**
 * Sums of the balance sheet for one row: a part of it on its way, or the whole row as it is written.
 *
 * @param key the row
 * @param firstOffset smallest offset read; {@link #NO_OFFSET} when no record was read
 * @param nextOffset one more than the largest offset read; 0 when no record was read
 * @param read records read
 * @param outcomes count by label, see {@link #label}; a part on its way may hold negative ones
 */
public record IntakeTally(IntakeKey key, long firstOffset, long nextOffset, long read, Map<String, Long> outcomes) {
    public static final long NO_OFFSET = Long.MAX_VALUE;
    private static final String SEPARATOR = ":";

    /** The outcome's name, with its detail after a colon when it has one: {@code COUNTED}, {@code DEAD_LETTERED:TOO_LATE}. */
    public static String label(Outcome outcome, String detail) {
        return detail.isEmpty() ? outcome.name() : outcome.name() + SEPARATOR + detail;
    }

    /** The outcome that a label names. */
    public static Outcome outcome(String label) {
        int end = label.indexOf(SEPARATOR);
        return Outcome.valueOf(end < 0 ? label : label.substring(0, end));
    }

    /** The detail of a label; empty when it has none. */
    public static String detail(String label) {
        int end = label.indexOf(SEPARATOR);
        return end < 0 ? "" : label.substring(end + 1);
    }
}
