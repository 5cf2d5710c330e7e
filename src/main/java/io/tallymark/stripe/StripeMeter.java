package io.tallymark.stripe;

/**
 * A meter as Stripe knows it.
 *
 * @param id {@code mtr_…}
 * @param eventName the event name it listens to
 * @param displayName its name in the dashboard
 * @param formula how values become a total
 * @param window whether events are pre-aggregated
 * @param customerKey the payload's key that names the customer
 * @param valueKey the payload's key that holds the value
 * @param active whether it takes events
 */
public record StripeMeter(
        String id,
        String eventName,
        String displayName,
        Formula formula,
        Window window,
        String customerKey,
        String valueKey,
        boolean active) {
    /** What a meter has unless told otherwise, and what our events carry. */
    static final String CUSTOMER_KEY = "stripe_customer_id";

    static final String VALUE_KEY = "value";

    /** Whether it reads the customer and the value where our events have them. */
    public boolean hasOurKeys() {
        return customerKey.equals(CUSTOMER_KEY) && valueKey.equals(VALUE_KEY);
    }

    /** {@code default_aggregation.formula}. */
    public enum Formula {
        SUM,
        COUNT,
        LAST,
        /** One that this version does not know. */
        OTHER
    }

    /** {@code event_time_window}. */
    public enum Window {
        /** Every event counts. */
        RAW,
        /** The event most recently received for a customer and UTC hour counts. */
        HOUR,
        /** The same for a UTC day. */
        DAY,
        /** One that this version does not know. */
        OTHER
    }
}
