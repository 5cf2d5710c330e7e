package io.tallymark.simulator.billing;

import io.tallymark.simulator.catalog.SimulatedPrice;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;

/**
 * A line that does not change any more.
 *
 * @param item {@code si_…}
 * @param invoiceItem {@code ii_…} of a line that waited for its invoice; empty otherwise
 * @param start of what it bills
 * @param amount in the minor unit; below zero for a credit
 * @param proration whether it bills, or credits, a part of a period in advance
 */
record BilledLine(
        String subscription,
        String item,
        String invoiceItem,
        SimulatedPrice price,
        Instant start,
        Instant end,
        BigDecimal quantity,
        BigInteger amount,
        String description,
        boolean proration)
        implements InvoicePart {
    BilledLine asInvoiceItem(String id) {
        return new BilledLine(subscription, item, id, price, start, end, quantity, amount, description, proration);
    }
}
