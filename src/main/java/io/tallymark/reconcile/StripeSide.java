package io.tallymark.reconcile;

import io.tallymark.usage.ReportMode;

/**
 * Where at Stripe usage was told, and in which way. Usage records of both kinds are one way: an increment that must go down is told as a
 * total.
 */
record StripeSide(ReportMode mode, String target, String stripeCustomerId) {
    StripeSide {
        mode = mode.isUsageRecord() ? ReportMode.USAGE_RECORD_SET : mode;
    }

    /** Whether Stripe can only be asked, or only be understood, by billing period. */
    boolean isByPeriod() {
        return mode == ReportMode.PERIOD_TOTAL || mode.isUsageRecord();
    }
}
