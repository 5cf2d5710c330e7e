package io.tallymark.preview;

import io.tallymark.stripe.StripeInvoiceLine;
import java.math.BigDecimal;

/**
 * What one price is charged on an invoice.
 *
 * @param quantity units
 * @param amount in the currency's minor unit
 */
public record Figures(BigDecimal quantity, BigDecimal amount) {
    static final Figures NONE = new Figures(BigDecimal.ZERO, BigDecimal.ZERO);

    static Figures of(StripeInvoiceLine line) {
        return new Figures(line.quantity(), line.amount());
    }

    Figures plus(Figures other) {
        return new Figures(quantity.add(other.quantity), amount.add(other.amount));
    }

    boolean equalsIn(Figures other) {
        return quantity.compareTo(other.quantity) == 0 && amount.compareTo(other.amount) == 0;
    }
}
