package io.tallymark.usage;

/**
 * What became of a record that was read: exactly one of these for each, so that
 * {@code read = counted + withdrawn + duplicate + conflict + void-waiting + ignored + uncovered + dead-lettered}. Events in the table are
 * {@code counted - withdrawn}.
 */
public enum Outcome {
    /** The first of its identity: added to its totals. */
    COUNTED,
    /** A void that took a counted event out again. */
    WITHDRAWN,
    /** A repeat of an event or of a void with the same content. */
    DUPLICATE,
    /** A repeat of an event's identity with another time or content; like any repeat it is not counted. */
    CONFLICT,
    /** A void whose event has not come yet; when it comes, the void becomes {@link #WITHDRAWN}. */
    VOID_WAITING,
    /** No meter is interested: unknown type, a filter, or before a meter's {@code effective-from}. */
    IGNORED,
    /** Of an hour that this run of the job cannot see whole, see cold start; the hour is left as it stands. */
    UNCOVERED,
    /** Written to the dead-letter topic. */
    DEAD_LETTERED
}
