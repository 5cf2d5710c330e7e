package io.tallymark.rating;

import java.math.BigDecimal;
import java.util.List;

/**
 * The same for every unit.
 *
 * @param unitAmount of one unit, in the minor unit; at most 12 decimals
 */
public record PerUnit(BigDecimal unitAmount) implements Pricing {
    public PerUnit {
        Amounts.checked("unit amount", unitAmount);
    }

    @Override
    public List<RatedLine> lines(BigDecimal quantity) {
        return List.of(RatedLine.usage(0, quantity, unitAmount));
    }
}
