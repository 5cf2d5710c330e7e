package io.tallymark.reconcile;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a reconciliation came to.
 *
 * @param accounts the trial balance, account to balance
 * @param kinds windows by kind; those of no window are left out
 * @param windows how many were compared
 * @param pending windows of those that time alone may mend
 * @param confirmed reports that are confirmed now and were not before
 * @param repaired windows whose difference the reporter tells next
 * @param lines what is not in order, differences first, as many as were asked for
 * @param unlisted how many more there are
 */
public record Reconciled(
        Instant from,
        Instant to,
        Map<String, BigDecimal> accounts,
        Map<Kind, Long> kinds,
        long windows,
        long pending,
        long confirmed,
        long repaired,
        List<Line> lines,
        long unlisted) {

    /**
     * A window that is not in order.
     *
     * @param repair what a repair did; null when none was wanted
     */
    public record Line(Finding finding, @Nullable String repair) {}

    /** Whether Stripe, as far as it can be expected to, holds what it was told, and the books agree. */
    public boolean isInOrder() {
        return isBalanced() && kinds.keySet().stream().noneMatch(Kind::isDifference);
    }

    /** Whether the accounts sum to 0. */
    public boolean isBalanced() {
        return accounts.values().stream()
                        .reduce(BigDecimal.ZERO, BigDecimal::add)
                        .signum()
                == 0;
    }
}
