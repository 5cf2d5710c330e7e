package io.tallymark.report;

import io.tallymark.usage.ReportMode;

/**
 * Where an hour is told.
 *
 * @param name {@code event_name} of the Stripe meter, or the subscription item's id for usage records
 */
record Target(ReportMode mode, String name, String stripeCustomerId) {
    /** Whether what is told depends on the rest of the billing period. */
    boolean needsPeriod() {
        return mode == ReportMode.PERIOD_TOTAL || mode == ReportMode.USAGE_RECORD_INCREMENT;
    }
}
