package io.tallymark.simulator.billing;

import io.tallymark.simulator.catalog.Currencies;
import io.tallymark.simulator.catalog.PriceTier;
import io.tallymark.simulator.catalog.SimulatedPrice;
import io.tallymark.simulator.catalog.SimulatedProduct;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The lines that one price puts on an invoice, as Stripe's own invoices show them: one for the usage in each tier that is reached, one
 * more for its flat fee, each rounded for itself, a half up. Counts in whole trillionths, and knows nothing of our rating, which is
 * checked against it.
 */
final class InvoiceLines {
    /** Digits of an amount, and of a quantity, after the point. */
    private static final int DIGITS = 15;

    private static final BigInteger ONE = BigInteger.TEN.pow(DIGITS);
    private static final BigInteger ONE_SQUARED = ONE.pow(2);

    private final SimulatedPrice.Terms terms;
    private final String product;
    private final String unitLabel;
    private final List<InvoiceLine> lines = new ArrayList<>();

    private InvoiceLines(SimulatedPrice.Terms terms, SimulatedProduct product) {
        this.terms = terms;
        this.product = product.name();
        this.unitLabel = product.texts().getOrDefault("unit_label", "");
    }

    /** @param usage of the period; below zero, which corrections may leave, it bills as 0 */
    static List<InvoiceLine> of(SimulatedPrice.Terms terms, SimulatedProduct product, BigDecimal usage) {
        InvoiceLines invoice = new InvoiceLines(terms, product);
        BigInteger units = scaled(usage.max(BigDecimal.ZERO));
        if (!terms.isTiered()) {
            invoice.flat(units);
        } else if (terms.tiersMode().equals("volume")) {
            invoice.volume(units);
        } else {
            invoice.graduated(units);
        }
        return invoice.lines;
    }

    private void flat(BigInteger units) {
        BigInteger price = amount(terms.unitAmount());
        if (terms.divideBy() == 0) {
            usage(units, price, "at " + money(price));
            return;
        }
        BigInteger[] packages = units.divideAndRemainder(ONE.multiply(BigInteger.valueOf(terms.divideBy())));
        boolean begun = packages[1].signum() > 0 && terms.round().equals("up");
        BigInteger charged = begun ? packages[0].add(BigInteger.ONE) : packages[0];
        lines.add(new InvoiceLine(
                text(units) + label() + " × " + product + " (at " + money(price) + " per " + terms.divideBy() + " units"
                        + every(),
                new BigDecimal(units, DIGITS).stripTrailingZeros(),
                rounded(charged.multiply(ONE), price)));
    }

    private void volume(BigInteger units) {
        for (int i = 0; i < terms.tiers().size(); i++) {
            PriceTier tier = terms.tiers().get(i);
            if (tier.upTo() == null || units.compareTo(whole(tier.upTo())) <= 0) {
                tier(i, units);
                return;
            }
        }
    }

    private void graduated(BigInteger units) {
        BigInteger left = units;
        long begin = 0;
        for (int i = 0; i < terms.tiers().size() && (i == 0 || left.signum() > 0); i++) {
            PriceTier tier = terms.tiers().get(i);
            BigInteger here = left;
            if (tier.upTo() != null) {
                here = left.min(whole(tier.upTo() - begin));
                begin = tier.upTo();
            }
            tier(i, here);
            left = left.subtract(here);
        }
    }

    private void tier(int index, BigInteger units) {
        PriceTier tier = terms.tiers().get(index);
        String name = "Tier " + (index + 1) + " at ";
        BigInteger price = amount(tier.unitAmount());
        usage(units, price, name + money(price));
        if (tier.flatAmount() != null) {
            BigInteger fee = amount(tier.flatAmount());
            lines.add(
                    new InvoiceLine(product + " (" + name + money(fee) + every(), BigDecimal.ZERO, rounded(ONE, fee)));
        }
    }

    private void usage(BigInteger units, BigInteger price, String at) {
        lines.add(new InvoiceLine(
                text(units) + label() + " × " + product + " (" + at + every(),
                new BigDecimal(units, DIGITS).stripTrailingZeros(),
                rounded(units, price)));
    }

    /** Of two factors in trillionths, or so; half a unit goes up. */
    private static BigInteger rounded(BigInteger units, BigInteger price) {
        BigInteger exact = units.multiply(price);
        return exact.add(exact).add(ONE_SQUARED).divide(ONE_SQUARED.add(ONE_SQUARED));
    }

    private static BigInteger amount(@Nullable BigDecimal amount) {
        return amount == null ? BigInteger.ZERO : scaled(amount);
    }

    private static BigInteger whole(long units) {
        return ONE.multiply(BigInteger.valueOf(units));
    }

    private static BigInteger scaled(BigDecimal number) {
        return number.setScale(DIGITS, RoundingMode.UNNECESSARY).unscaledValue();
    }

    private String label() {
        return unitLabel.isEmpty() ? "" : " " + unitLabel;
    }

    private String every() {
        SimulatedPrice.Recurring recurring = terms.recurring();
        if (recurring == null) {
            return ")";
        }
        return recurring.count() == 1
                ? " / " + recurring.interval() + ")"
                : " every " + recurring.count() + " " + recurring.interval() + "s)";
    }

    private String money(BigInteger price) {
        int digits = Currencies.digits(terms.currency());
        BigDecimal major = new BigDecimal(price, DIGITS).movePointLeft(digits).stripTrailingZeros();
        BigDecimal shown = major.scale() < digits ? major.setScale(digits) : major;
        return Currencies.sign(terms.currency().toLowerCase(Locale.ROOT)) + shown.toPlainString();
    }

    private static String text(BigInteger units) {
        return new BigDecimal(units, DIGITS).stripTrailingZeros().toPlainString();
    }
}
