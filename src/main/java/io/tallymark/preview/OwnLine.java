package io.tallymark.preview;

import io.tallymark.rating.RatedLine;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * A line of the invoice to be, as we reckon it. Amounts are in the currency's minor unit.
 *
 * @param price lookup key, or id without one
 * @param tier from 1; 0 where the price has none
 * @param flatFee whether it is the fee of a tier, and not usage in it
 * @param quantity units, or packages, charged on this line; 0 for a flat fee
 * @param unitAmount of one of them; of a proration: of a whole period
 * @param from of what is billed, inside
 * @param to of what is billed, outside
 */
public record OwnLine(
        Part part,
        String price,
        int tier,
        boolean flatFee,
        BigDecimal quantity,
        BigDecimal unitAmount,
        BigDecimal amount,
        Instant from,
        Instant to) {
    static OwnLine of(Part part, String price, RatedLine line, Instant from, Instant to) {
        return new OwnLine(
                part,
                price,
                line.tier(),
                line.kind() == RatedLine.Kind.FLAT_FEE,
                line.quantity(),
                line.unitAmount(),
                new BigDecimal(line.amount()),
                from,
                to);
    }
}
