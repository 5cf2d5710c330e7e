package io.tallymark.reconcile;

import java.math.BigDecimal;

/**
 * A correction of what we know about an hour.
 *
 * @param model the report whose place at Stripe it continues
 * @param sequence its own
 * @param value what Stripe holds
 * @param amount what that is more than we thought; negative: less
 */
record Correction(ReportLine model, int sequence, BigDecimal value, BigDecimal amount) {}
