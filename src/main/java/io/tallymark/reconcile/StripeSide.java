package io.tallymark.reconcile;

import io.tallymark.usage.ReportMode;

/** Where at Stripe usage was told, and in which way. */
record StripeSide(ReportMode mode, String target, String stripeCustomerId) {
    /** Whether Stripe can only be asked, or only be understood, by billing period. */
    boolean isByPeriod() {
        return mode == ReportMode.PERIOD_TOTAL || mode.isUsageRecord();
    }
}
