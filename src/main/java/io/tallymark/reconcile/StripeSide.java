package io.tallymark.reconcile;

import io.tallymark.usage.ReportMode;

/**
 * Where at Stripe usage was told, and in which way. Usage records of both kinds are one way: an increment that must go down is told as a
 * total, and the item alone says whose they are, so another mapping of the customer makes no other place of it.
 *
 * @param stripeCustomerId empty for usage records
 */
record StripeSide(ReportMode mode, String target, String stripeCustomerId) {
    StripeSide {
        if (mode.isUsageRecord()) {
            mode = ReportMode.USAGE_RECORD_SET;
            stripeCustomerId = "";
        }
    }

    /** Whether Stripe can only be asked, or only be understood, by billing period. */
    boolean isByPeriod() {
        return mode == ReportMode.PERIOD_TOTAL || mode.isUsageRecord();
    }
}
