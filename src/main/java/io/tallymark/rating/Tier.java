package io.tallymark.rating;

import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tier of a price. It begins where the one before it ends.
 *
 * @param upTo last unit in it; null in the last tier, which has no end
 * @param unitAmount of one unit in it, in the minor unit; at most 12 decimals
 * @param flatAmount charged once when the tier is reached; null: none, and no line for it
 */
public record Tier(
        @Nullable Long upTo,
        BigDecimal unitAmount,
        @Nullable BigDecimal flatAmount) {
    public Tier {
        if (upTo != null && upTo < 1) {
            throw new IllegalArgumentException("up_to is " + upTo + ": must be 1 or more");
        }
        Amounts.checked("unit amount", unitAmount);
        if (flatAmount != null) {
            Amounts.checked("flat amount", flatAmount);
        }
    }

    Optional<BigDecimal> end() {
        return Optional.ofNullable(upTo).map(BigDecimal::valueOf);
    }

    Optional<BigDecimal> flatFee() {
        return Optional.ofNullable(flatAmount);
    }
}
