package io.tallymark.catalog;

import io.tallymark.rating.Graduated;
import io.tallymark.rating.Packages;
import io.tallymark.rating.PerUnit;
import io.tallymark.rating.Pricing;
import io.tallymark.rating.Tier;
import io.tallymark.rating.Volume;
import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeProduct;
import io.tallymark.usage.Meter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a catalog.yaml of what an account sells, so that applying it changes nothing but lookup keys and metadata. */
public final class CatalogExport {
    private final String name;
    private final Marks marks;
    private final Account account;
    private final ExportedMeters meters;
    private final Slugs productKeys = new Slugs();
    private final Slugs lookupKeys = new Slugs();
    private final Map<String, String> keyByProduct = new LinkedHashMap<>();
    private final Map<String, List<String>> pricesByPlan = new TreeMap<>();
    private final Map<String, String> baseByPlan = new TreeMap<>();
    private final YamlText yaml = new YamlText();

    private CatalogExport(String name, Account account, List<Meter> meters) {
        this.name = name;
        this.marks = new Marks(name);
        this.account = account;
        this.meters = new ExportedMeters(account, meters);
    }

    /**
     * The file.
     *
     * @param name of the catalog; what belongs to another one is left out
     * @param meters of tallymark.yaml
     */
    public static String yaml(String name, Account account, List<Meter> meters) {
        CatalogExport export = new CatalogExport(name, account, meters);
        export.write();
        return export.yaml.toString();
    }

    private void write() {
        List<String> leftOut = new ArrayList<>();
        List<StripePrice> prices = new ExportFilter(account, marks, meters).exported(leftOut);
        List<StripeProduct> products = account.products().stream()
                .filter(product -> prices.stream()
                        .anyMatch(price -> price.terms().product().equals(product.id())))
                .toList();
        prices.forEach(price -> lookupKeys.take(price.lookupKey()));
        products.forEach(product -> marks.keyOf(product).ifPresent(productKeys::take));
        yaml.line(
                "# What the Stripe account sells, as `./tallymark catalog export` found it. Amounts are in the minor unit.");
        yaml.top("catalog", name);
        yaml.line("products:");
        products.forEach(this::product);
        yaml.line("prices:");
        prices.forEach(this::price);
        plans();
        leftOut.forEach(reason -> yaml.line("# left out: " + reason));
    }

    private void product(StripeProduct product) {
        String key = marks.keyOf(product).orElseGet(() -> productKeys.propose(product.name()));
        keyByProduct.put(product.id(), key);
        yaml.first("key", key);
        yaml.field("name", product.name());
        yaml.field("description", product.description());
        yaml.field("unit-label", product.unitLabel());
        yaml.field("tax-code", product.taxCode());
        yaml.field("stripe-id", marks.keyOf(product).isPresent() ? "" : product.id());
    }

    private void price(StripePrice price) {
        StripePrice.Terms terms = price.terms();
        StripePrice.Usage usage = terms.usage();
        String lookupKey = price.lookupKey().isEmpty() ? proposed(price) : price.lookupKey();
        Marks.plansOf(price).forEach(plan -> addToPlan(plan, lookupKey, usage == null));
        yaml.first("lookup-key", lookupKey);
        yaml.field("stripe-id", price.lookupKey().isEmpty() ? price.id() : "");
        yaml.field("nickname", price.nickname());
        yaml.field("product", keyByProduct.getOrDefault(terms.product(), ""));
        yaml.field("currency", terms.currency());
        yaml.field("interval", terms.interval());
        yaml.field("interval-count", terms.intervalCount() == 1 ? "" : Long.toString(terms.intervalCount()));
        yaml.field("tax-behavior", price.taxBehavior().equals(StripePrice.UNSPECIFIED) ? "" : price.taxBehavior());
        if (usage != null) {
            meters.write(usage, yaml);
        }
        Terms.pricing(terms).ifPresent(pricing -> pricing(pricing, usage != null));
    }

    private void pricing(Pricing pricing, boolean metered) {
        if (pricing instanceof PerUnit perUnit) {
            yaml.plain(metered ? "unit-amount" : "amount", plain(perUnit.unitAmount()));
        } else if (pricing instanceof Packages packages) {
            yaml.plain(
                    "package",
                    "{size: " + packages.size() + ", amount: " + plain(packages.packageAmount()) + ", round: "
                            + (packages.round() == Packages.Round.UP ? "up" : "down") + "}");
        } else if (pricing instanceof Graduated graduated) {
            tiers("graduated", graduated.tiers());
        } else if (pricing instanceof Volume volume) {
            tiers("volume", volume.tiers());
        }
    }

    private void tiers(String mode, List<Tier> tiers) {
        yaml.plain("tiers-mode", mode);
        yaml.plain("tiers", "");
        for (Tier tier : tiers) {
            BigDecimal flat = tier.flatAmount();
            yaml.line("      - {" + (tier.upTo() == null ? "" : "up-to: " + tier.upTo() + ", ") + "unit-amount: "
                    + plain(tier.unitAmount()) + (flat == null ? "" : ", flat-amount: " + plain(flat)) + "}");
        }
    }

    private void addToPlan(String plan, String lookupKey, boolean fixed) {
        List<String> metered = pricesByPlan.computeIfAbsent(plan, key -> new ArrayList<>());
        if (fixed) {
            baseByPlan.put(plan, lookupKey);
        } else {
            metered.add(lookupKey);
        }
    }

    private void plans() {
        if (pricesByPlan.isEmpty()) {
            return;
        }
        yaml.line("plans:");
        pricesByPlan.forEach((plan, metered) -> {
            yaml.first("key", plan);
            yaml.field("base", baseByPlan.getOrDefault(plan, ""));
            if (!metered.isEmpty()) {
                yaml.list("metered", metered);
            }
        });
    }

    /** A price that lost its lookup key gets it back, if nobody has it by now. */
    private String proposed(StripePrice price) {
        return marks.keyOf(price)
                .filter(key -> !lookupKeys.isTaken(key))
                .map(key -> {
                    lookupKeys.take(key);
                    return key;
                })
                .orElseGet(() -> lookupKeys.propose(String.join(
                        " ",
                        price.nickname().isEmpty()
                                ? keyByProduct.getOrDefault(price.terms().product(), "price")
                                : price.nickname(),
                        price.terms().currency(),
                        price.terms().interval())));
    }

    private static String plain(BigDecimal amount) {
        return amount.toPlainString();
    }
}
