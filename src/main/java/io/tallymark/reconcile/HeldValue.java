package io.tallymark.reconcile;

import io.tallymark.usage.HeldUsage;
import java.math.BigDecimal;

/**
 * Stripe's answer for one window.
 *
 * @param value what it holds; 0 unless it could be asked
 * @param detail why it could not
 */
record HeldValue(HeldUsage.Status status, BigDecimal value, String detail) {
    static final HeldValue NOT_ASKED = new HeldValue(HeldUsage.Status.UNREACHABLE, BigDecimal.ZERO, "not asked");

    static HeldValue of(BigDecimal value) {
        return new HeldValue(HeldUsage.Status.READ, value, "");
    }

    boolean isRead() {
        return status == HeldUsage.Status.READ;
    }

    boolean is(BigDecimal other) {
        return value.compareTo(other) == 0;
    }
}
