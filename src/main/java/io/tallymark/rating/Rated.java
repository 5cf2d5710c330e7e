package io.tallymark.rating;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/** What a period's usage costs by one price. */
public record Rated(List<RatedLine> lines) {
    public Rated {
        lines = List.copyOf(lines);
    }

    /** In the minor unit: the sum of the lines, each of which is rounded for itself. */
    public BigInteger amount() {
        return lines.stream().map(RatedLine::amount).reduce(BigInteger.ZERO, BigInteger::add);
    }

    /** The same without any rounding. */
    public BigDecimal exactAmount() {
        return lines.stream().map(RatedLine::exactAmount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
