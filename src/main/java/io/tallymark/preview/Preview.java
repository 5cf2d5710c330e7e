package io.tallymark.preview;

import io.tallymark.billing.UnbilledUsage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * The invoice to be, as we reckon it and as Stripe does. Amounts are in the currency's minor unit.
 *
 * @param periodStart of the period whose usage it bills, inside
 * @param periodEnd of that period, outside
 * @param lines ours
 * @param untold by metric, all that the subscription bills
 * @param unbilled what the customer used in the period and no subscription bills
 * @param unbilledHolds whether that is a difference, for {@code close} holds the invoice then
 * @param invoiced Stripe's total after discounts and taxes, which are not compared
 */
public record Preview(
        String customerId,
        String subscriptionId,
        String currency,
        Instant periodStart,
        Instant periodEnd,
        List<OwnLine> lines,
        List<Comparison> comparisons,
        List<Untold> untold,
        List<UnbilledUsage> unbilled,
        boolean unbilledHolds,
        BigDecimal invoiced) {
    public Preview {
        lines = List.copyOf(lines);
        comparisons = List.copyOf(comparisons);
        untold = List.copyOf(untold);
        unbilled = List.copyOf(unbilled);
    }

    /** Whether every price agrees, in quantity and amount, and nothing was used that holds the invoice. */
    public boolean agrees() {
        return !(unbilledHolds && !unbilled.isEmpty()) && comparisons.stream().allMatch(Comparison::agrees);
    }

    BigDecimal ours() {
        return lines.stream().map(OwnLine::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    BigDecimal theirs() {
        return comparisons.stream()
                .map(comparison -> comparison.theirs().amount())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    long differing() {
        return comparisons.stream().filter(comparison -> !comparison.agrees()).count();
    }
}
