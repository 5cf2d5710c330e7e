package io.tallymark.billing;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is written to a subscription's metadata at Stripe, so that a command which was cut off can see how far it came. */
final class SubscriptionMarks {
    /** The plan of catalog.yaml. */
    static final String PLAN = "tallymark_plan";
    /** The customer, as the events' subject names it. */
    static final String CUSTOMER = "tallymark_customer";
    /** The row of billing_change that changed it last. */
    static final String CHANGE = "tallymark_change";
    /** When that was. */
    static final String CHANGED_AT = "tallymark_changed_at";

    private SubscriptionMarks() {}

    static Map<String, String> of(String plan, String customer) {
        Map<String, String> marks = new LinkedHashMap<>();
        marks.put(PLAN, plan);
        marks.put(CUSTOMER, customer);
        return marks;
    }

    static Map<String, String> of(String plan, String customer, long change, Instant changedAt) {
        Map<String, String> marks = of(plan, customer);
        marks.put(CHANGE, Long.toString(change));
        marks.put(CHANGED_AT, changedAt.toString());
        return marks;
    }
}
