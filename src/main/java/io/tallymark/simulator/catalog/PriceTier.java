package io.tallymark.simulator.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A tier of a price, as it was passed.
 *
 * @param upTo last unit; null for the last tier
 * @param unitAmount in the minor unit; null when it was not given
 * @param flatAmount in the minor unit; null when it was not given
 */
public record PriceTier(
        @Nullable Long upTo,
        @Nullable BigDecimal unitAmount,
        @Nullable BigDecimal flatAmount) {
    void write(ObjectNode json) {
        writeAmount(json, "flat_amount", flatAmount);
        writeAmount(json, "unit_amount", unitAmount);
        json.put("up_to", upTo);
    }

    /** Twice, as Stripe does: the integer, null when it is none, and the decimal. */
    static void writeAmount(ObjectNode json, String name, @Nullable BigDecimal amount) {
        if (amount == null) {
            json.putNull(name).putNull(name + "_decimal");
            return;
        }
        boolean whole = amount.stripTrailingZeros().scale() <= 0;
        json.put(name, whole ? amount.toBigIntegerExact() : null);
        json.put(name + "_decimal", text(amount));
    }

    private static String text(BigDecimal amount) {
        return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
    }
}
