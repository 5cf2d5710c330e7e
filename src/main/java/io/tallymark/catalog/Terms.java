package io.tallymark.catalog;

import io.tallymark.rating.Graduated;
import io.tallymark.rating.Packages;
import io.tallymark.rating.PerUnit;
import io.tallymark.rating.Pricing;
import io.tallymark.rating.Tier;
import io.tallymark.rating.Volume;
import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripePrice.TiersMode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Translates what a price charges between the catalog's words and Stripe's. */
public final class Terms {
    private Terms() {}

    /**
     * The terms as Stripe has them.
     *
     * @param product id of its product
     * @param meterId of its meter; empty without one
     */
    static StripePrice.Terms toStripe(CatalogPrice price, String product, String meterId) {
        Pricing pricing = price.pricing();
        return new StripePrice.Terms(
                product,
                price.currency(),
                price.interval(),
                price.intervalCount(),
                usage(price, meterId),
                unitAmount(pricing),
                pricing instanceof Packages packages ? packages.size() : 0,
                pricing instanceof Packages packages && packages.round() == Packages.Round.UP,
                tiersMode(pricing),
                tiers(pricing).stream().map(Terms::tier).toList());
    }

    /** How Stripe's terms turn usage into an amount; empty when the catalog cannot say it. */
    public static Optional<Pricing> pricing(StripePrice.Terms terms) {
        List<Tier> tiers = terms.tiers().stream()
                .map(tier -> new Tier(tier.upTo(), tier.unitAmount(), tier.flatAmount()))
                .toList();
        TiersMode mode = terms.tiersMode();
        BigDecimal unit = terms.unitAmount();
        if (mode != null) {
            return Optional.of(mode == TiersMode.GRADUATED ? new Graduated(tiers) : new Volume(tiers));
        }
        if (unit == null) {
            return Optional.empty();
        }
        return Optional.of(
                terms.divideBy() == 0
                        ? new PerUnit(unit)
                        : new Packages(
                                unit, terms.divideBy(), terms.roundUp() ? Packages.Round.UP : Packages.Round.DOWN));
    }

    private static StripePrice.@Nullable Usage usage(CatalogPrice price, String meterId) {
        return price.usage()
                .map(metered -> metered.isOfRecords()
                        ? StripePrice.Usage.ofRecords(metered.aggregateUsage())
                        : StripePrice.Usage.ofMeter(meterId))
                .orElse(null);
    }

    private static @Nullable BigDecimal unitAmount(Pricing pricing) {
        if (pricing instanceof PerUnit perUnit) {
            return perUnit.unitAmount();
        }
        return pricing instanceof Packages packages ? packages.packageAmount() : null;
    }

    private static @Nullable TiersMode tiersMode(Pricing pricing) {
        if (pricing instanceof Graduated) {
            return TiersMode.GRADUATED;
        }
        return pricing instanceof Volume ? TiersMode.VOLUME : null;
    }

    private static List<Tier> tiers(Pricing pricing) {
        if (pricing instanceof Graduated graduated) {
            return graduated.tiers();
        }
        return pricing instanceof Volume volume ? volume.tiers() : List.of();
    }

    private static StripePrice.Tier tier(Tier tier) {
        return new StripePrice.Tier(tier.upTo(), tier.unitAmount(), tier.flatAmount());
    }
}
