package io.tallymark.rating;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** All units cost what the tier says that the last of them is in, and so does the flat fee. No usage is in the first tier. */
public record Volume(List<Tier> tiers) implements Pricing {
    public Volume {
        tiers = Tiers.checked(tiers);
    }

    @Override
    public List<RatedLine> lines(BigDecimal quantity) {
        int number = tierOf(quantity);
        Tier tier = tiers.get(number - 1);
        List<RatedLine> lines = new ArrayList<>();
        lines.add(RatedLine.usage(number, quantity, tier.unitAmount()));
        tier.flatFee().ifPresent(fee -> lines.add(RatedLine.flatFee(number, fee)));
        return lines;
    }

    private int tierOf(BigDecimal quantity) {
        int number = 1;
        for (Tier tier : tiers) {
            if (tier.end().filter(end -> quantity.compareTo(end) > 0).isEmpty()) {
                return number;
            }
            number++;
        }
        throw new IllegalStateException("the last tier has no end");
    }
}
