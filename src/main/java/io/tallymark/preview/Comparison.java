package io.tallymark.preview;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One price, ours and theirs.
 *
 * @param price lookup key, or id without one; of a line without a price its description
 * @param ours null: we cannot know
 * @param theirs zero: Stripe shows nothing of it
 * @param reasons what is known of the difference, or good to know without one
 */
public record Comparison(Part part, String price, @Nullable Figures ours, Figures theirs, List<String> reasons) {
    public Comparison {
        reasons = List.copyOf(reasons);
    }

    public boolean agrees() {
        return ours != null && ours.equalsIn(theirs);
    }

    /** Ours less theirs, in the minor unit; empty when we cannot know. */
    public Optional<BigDecimal> difference() {
        return Optional.ofNullable(ours).map(figures -> figures.amount().subtract(theirs.amount()));
    }
}
