package io.tallymark.rating;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * So much for each package of units; Stripe's {@code transform_quantity}. Applied once, to the period's aggregated usage.
 *
 * @param packageAmount of one package, in the minor unit; at most 12 decimals
 * @param size units in a package
 * @param round what a package begun counts
 */
public record Packages(BigDecimal packageAmount, long size, Round round) implements Pricing {

    /** Whether a package begun is charged. */
    public enum Round {
        UP,
        DOWN
    }

    public Packages {
        Amounts.checked("package amount", packageAmount);
        if (size < 1) {
            throw new IllegalArgumentException("package size is " + size + ": must be 1 or more");
        }
    }

    @Override
    public List<RatedLine> lines(BigDecimal quantity) {
        RoundingMode mode = round == Round.UP ? RoundingMode.CEILING : RoundingMode.FLOOR;
        return List.of(RatedLine.usage(0, quantity.divide(BigDecimal.valueOf(size), 0, mode), packageAmount));
    }
}
