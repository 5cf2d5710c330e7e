package io.tallymark.usage;

/** How the quantities of one hour become its total. */
public enum Aggregation {
    /** Exact decimal sum of the values. */
    SUM,
    /** Number of events. */
    COUNT,
    /** Largest value. */
    MAX,
    /** Value of the event with the newest event time; a tie goes to the larger fingerprint, so order of arrival never decides. */
    LAST;

    /** Whether the quantities of hours add up to the period's. */
    public boolean addsUp() {
        return this == SUM || this == COUNT;
    }
}
