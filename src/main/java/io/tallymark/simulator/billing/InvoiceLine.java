package io.tallymark.simulator.billing;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A line of an invoice.
 *
 * @param description as Stripe writes it, such as {@code 31 request × API (Tier 2 at €0.036 / month)}
 * @param quantity units, of packages too; 0 on the line of a flat fee
 * @param amount in the minor unit, rounded
 */
record InvoiceLine(String description, BigDecimal quantity, BigInteger amount) {}
