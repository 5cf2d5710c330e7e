package io.tallymark.catalog;

import io.tallymark.rating.MinorUnit;
import io.tallymark.stripe.StripePrice;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Says what a price charges, for people: one fact a line, by name, in the currency's major unit too. */
final class TermsText {
    private TermsText() {}

    /**
     * The facts, in order.
     *
     * @param productName what people call a product's id
     * @param meterName what people call a meter's id
     */
    static Map<String, String> of(
            StripePrice.Terms terms, UnaryOperator<String> productName, UnaryOperator<String> meterName) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("product", productName.apply(terms.product()));
        facts.put(
                "charged",
                "every " + (terms.intervalCount() == 1 ? "" : terms.intervalCount() + " ") + terms.interval()
                        + (terms.intervalCount() == 1 ? "" : "s") + ", in " + terms.currency());
        StripePrice.Usage usage = terms.usage();
        if (usage != null) {
            facts.put(
                    "meter",
                    usage.isOfRecords()
                            ? "usage records, aggregate_usage " + usage.aggregateUsage()
                            : meterName.apply(usage.meterId()));
        }
        BigDecimal unit = terms.unitAmount();
        if (unit != null && terms.divideBy() > 0) {
            facts.put(
                    "package",
                    amount(unit, terms) + " for each " + terms.divideBy() + " units, "
                            + (terms.roundUp() ? "a package begun is charged" : "only full packages are charged"));
        } else if (unit != null) {
            facts.put(usage == null ? "amount" : "unit-amount", amount(unit, terms) + (usage == null ? "" : " a unit"));
        }
        tiers(terms, facts);
        return facts;
    }

    private static void tiers(StripePrice.Terms terms, Map<String, String> facts) {
        if (terms.tiersMode() == null) {
            return;
        }
        facts.put("tiers-mode", terms.tiersMode().name().toLowerCase(Locale.ROOT));
        List<StripePrice.Tier> tiers = terms.tiers();
        long begin = 0;
        for (int i = 0; i < tiers.size(); i++) {
            StripePrice.Tier tier = tiers.get(i);
            String units = tier.upTo() == null ? "from " + (begin + 1) : "from " + (begin + 1) + " to " + tier.upTo();
            facts.put(
                    "tier " + (i + 1),
                    units + ": " + amount(tier.unitAmount(), terms) + " a unit"
                            + tier.flat()
                                    .map(flat -> " and " + amount(flat, terms) + " once")
                                    .orElse(""));
            begin = tier.end().orElse(begin);
        }
    }

    private static String amount(BigDecimal amount, StripePrice.Terms terms) {
        return amount.toPlainString() + " (" + MinorUnit.inWords(amount, terms.currency()) + ")";
    }
}
