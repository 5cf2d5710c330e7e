package io.tallymark.rating;

import java.math.BigDecimal;
import java.util.List;

/** How a price turns a period's aggregated usage into amounts, which are in the currency's minor unit, such as cents. Immutable. */
public sealed interface Pricing permits PerUnit, Packages, Graduated, Volume {

    /**
     * The lines of an invoice, in Stripe's order.
     *
     * @param quantity not negative
     */
    List<RatedLine> lines(BigDecimal quantity);

    /** What a period costs. A total below zero, which corrections may leave, costs as much as none at all, as at Stripe. */
    default Rated rate(BigDecimal usage) {
        return new Rated(lines(usage.max(BigDecimal.ZERO)));
    }
}
