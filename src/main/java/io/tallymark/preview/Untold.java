package io.tallymark.preview;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * What Stripe does not know of a metric's period.
 *
 * @param due closed, and not told yet; below zero when less is right than was told
 * @param early in early results of hours that run; in no figure of ours
 * @param unconfirmed reports that Stripe accepted and its summaries were not seen to show
 * @param refused reports that Stripe refused for good, or that became too old for it
 */
public record Untold(String metric, BigDecimal due, BigDecimal early, long unconfirmed, long refused) {
    /** With that of an earlier stretch. */
    Untold plus(Optional<Untold> earlier) {
        return earlier.map(other -> new Untold(
                        metric,
                        due.add(other.due),
                        early.add(other.early),
                        unconfirmed + other.unconfirmed,
                        refused + other.refused))
                .orElse(this);
    }

    /** What is due is another stretch's. */
    Untold withoutDue() {
        return new Untold(metric, BigDecimal.ZERO, early, unconfirmed, refused);
    }

    boolean isEmpty() {
        return due.signum() == 0 && early.signum() == 0;
    }
}
