package io.tallymark.simulator.billing;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;

/**
 * A line of a finalized invoice: what a customer was really billed.
 *
 * @param reason Stripe's {@code billing_reason}
 * @param start of what it bills
 * @param amount in the minor unit; below zero for a credit
 * @param proration whether it bills, or credits, a part of a period in advance
 */
public record InvoicedLine(
        String invoice,
        String reason,
        String subscription,
        String item,
        String price,
        Instant start,
        Instant end,
        BigDecimal quantity,
        BigInteger amount,
        String description,
        boolean proration) {}
