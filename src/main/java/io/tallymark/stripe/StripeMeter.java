package io.tallymark.stripe;

/**
 * A meter as Stripe knows it.
 *
 * @param id {@code mtr_…}
 * @param eventName the event name it listens to
 * @param displayName its name in the dashboard
 * @param formula how values become a total
 * @param window whether events are pre-aggregated
 * @param active whether it takes events
 */
public record StripeMeter(
        String id, String eventName, String displayName, Formula formula, Window window, boolean active) {
    /** {@code default_aggregation.formula}. */
    public enum Formula {
        SUM,
        COUNT,
        LAST
    }

    /** {@code event_time_window}. */
    public enum Window {
        /** Every event counts. */
        RAW,
        /** The event most recently received for a customer and UTC hour counts. */
        HOUR,
        /** The same for a UTC day. */
        DAY
    }
}
