package io.tallymark.rating;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Each unit costs what its own tier says; the flat fee of every tier that is reached is added. The first tier is reached without any
 * usage, so its fee is always charged.
 */
public record Graduated(List<Tier> tiers) implements Pricing {
    public Graduated {
        tiers = Tiers.checked(tiers);
    }

    @Override
    public List<RatedLine> lines(BigDecimal quantity) {
        List<RatedLine> lines = new ArrayList<>();
        BigDecimal begin = BigDecimal.ZERO;
        int reached = 0;
        do {
            Tier tier = tiers.get(reached);
            int number = ++reached;
            BigDecimal end = tier.end().map(quantity::min).orElse(quantity);
            lines.add(RatedLine.usage(number, end.subtract(begin), tier.unitAmount()));
            tier.flatFee().ifPresent(fee -> lines.add(RatedLine.flatFee(number, fee)));
            begin = end;
        } while (quantity.compareTo(begin) > 0);
        return lines;
    }
}
