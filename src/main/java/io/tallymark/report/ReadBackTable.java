package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;

/**
 * What Stripe's summaries say about a report of unknown fate.
 *
 * <pre>
 * they hold what was there before, and the report      accepted
 * they hold what was there before                      lost: it never arrived
 * they hold something else                             ambiguous
 * Stripe does not know the customer or the meter       ambiguous
 * no answer                                            unknown: ask again
 * </pre>
 */
final class ReadBackTable {
    private ReadBackTable() {}

    static Delivery judge(UsageReport report, ReadBack readBack, HeldUsage held) {
        return switch (held.status()) {
            case READ -> compare(report, readBack, held.total().orElseThrow());
            case UNREACHABLE -> new Delivery(Outcome.UNKNOWN, held.pressure(), "", held.detail(), 0);
            case NO_SUCH_CUSTOMER, NO_SUCH_TARGET ->
                new Delivery(Outcome.AMBIGUOUS, held.pressure(), "", held.detail(), 0);
        };
    }

    private static Delivery compare(UsageReport report, ReadBack readBack, BigDecimal held) {
        BigDecimal before = readBack.heldBefore();
        BigDecimal after = before.add(report.value());
        if (Quantity.equal(held, after)) {
            return new Delivery(Outcome.ACCEPTED, "", "Stripe's summaries show it", 0);
        }
        if (Quantity.equal(held, before)) {
            return new Delivery(Outcome.LOST, "", "Stripe's summaries show that it never arrived", 0);
        }
        String detail = "Stripe's summaries hold " + held.toPlainString() + ", neither " + before.toPlainString()
                + " without it nor " + after.toPlainString() + " with it";
        return new Delivery(Outcome.AMBIGUOUS, "", detail, 0);
    }
}
