package io.tallymark.catalog;

import com.fasterxml.jackson.databind.node.TextNode;
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
import java.util.Optional;
import java.util.TreeMap;

/** Writes a catalog.yaml of what an account sells, so that applying it changes nothing but lookup keys and metadata. */
public final class CatalogExport {
    private final Account account;
    private final List<Meter> meters;
    private final Slugs productKeys = new Slugs();
    private final Slugs lookupKeys = new Slugs();
    private final Map<String, String> keyByProduct = new LinkedHashMap<>();
    private final Map<String, List<String>> pricesByPlan = new TreeMap<>();
    private final Map<String, String> baseByPlan = new TreeMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    private CatalogExport(Account account, List<Meter> meters) {
        this.account = account;
        this.meters = List.copyOf(meters);
    }

    /**
     * The file.
     *
     * @param meters of tallymark.yaml
     */
    public static String yaml(Account account, List<Meter> meters) {
        CatalogExport export = new CatalogExport(account, meters);
        export.write();
        return export.text.toString();
    }

    private void write() {
        List<StripePrice> prices =
                account.prices().stream().filter(this::isExported).toList();
        prices.forEach(price -> lookupKeys.take(price.lookupKey()));
        line(
                "# What the Stripe account sells, as `./tallymark catalog export` found it. Amounts are in the minor unit.");
        line("products:");
        account.products().stream()
                .filter(product -> prices.stream()
                        .anyMatch(price -> price.terms().product().equals(product.id())))
                .forEach(this::product);
        line("prices:");
        prices.forEach(this::price);
        plans();
        leftOut.forEach(reason -> line("# left out: " + reason));
    }

    private boolean isExported(StripePrice price) {
        boolean sold = account.product(price.terms().product())
                .filter(StripeProduct::active)
                .isPresent();
        if (!price.active() || !sold) {
            return false;
        }
        String reason = foreign(price);
        if (!reason.isEmpty()) {
            leftOut.add(price.id() + ", " + reason);
        }
        return reason.isEmpty();
    }

    private static String foreign(StripePrice price) {
        if (!price.foreign().isEmpty()) {
            return price.foreign();
        }
        Optional<Pricing> pricing = Terms.pricing(price.terms());
        boolean fixed = pricing.filter(PerUnit.class::isInstance).isPresent();
        return price.terms().usage() == null && !fixed ? "tiers or packages of a quantity that is not metered" : "";
    }

    private void product(StripeProduct product) {
        String key = Marks.keyOf(product).orElseGet(() -> productKeys.propose(product.name()));
        productKeys.take(key);
        keyByProduct.put(product.id(), key);
        line("  - key: " + quoted(key));
        field("name", product.name());
        field("description", product.description());
        field("unit-label", product.unitLabel());
        field("tax-code", product.taxCode());
        field("stripe-id", Marks.keyOf(product).isPresent() ? "" : product.id());
    }

    private void price(StripePrice price) {
        StripePrice.Terms terms = price.terms();
        String lookupKey = price.lookupKey().isEmpty() ? proposed(price) : price.lookupKey();
        Marks.plansOf(price).forEach(plan -> addToPlan(plan, lookupKey, terms.usage() == null));
        line("  - lookup-key: " + quoted(lookupKey));
        field("stripe-id", price.lookupKey().isEmpty() ? price.id() : "");
        field("nickname", price.nickname());
        field("product", keyByProduct.getOrDefault(terms.product(), ""));
        field("currency", terms.currency());
        field("interval", terms.interval());
        if (terms.intervalCount() != 1) {
            line("    interval-count: " + terms.intervalCount());
        }
        if (!price.taxBehavior().equals(StripePrice.UNSPECIFIED)) {
            field("tax-behavior", price.taxBehavior());
        }
        StripePrice.Usage usage = terms.usage();
        if (usage != null) {
            meter(usage);
        }
        Terms.pricing(terms).ifPresent(pricing -> pricing(pricing, usage != null));
    }

    private void meter(StripePrice.Usage usage) {
        if (usage.isOfRecords()) {
            List<String> candidates = meters.stream()
                    .filter(meter -> meter.stripe()
                            .filter(report -> report.mode().isUsageRecord())
                            .isPresent())
                    .map(Meter::metric)
                    .toList();
            line("    meter: " + (candidates.size() == 1 ? quoted(candidates.get(0)) : "\"\"")
                    + "  # name the metric whose usage records it counts");
            field("aggregate-usage", usage.aggregateUsage());
            return;
        }
        String eventName =
                account.meter(usage.meterId()).map(meter -> meter.eventName()).orElse(usage.meterId());
        Optional<String> metric = meters.stream()
                .filter(meter -> meter.stripe()
                        .filter(report -> report.eventName().equals(eventName))
                        .isPresent())
                .map(Meter::metric)
                .findFirst();
        line("    meter: " + quoted(metric.orElse(eventName))
                + (metric.isPresent() ? "" : "  # no meter of tallymark.yaml has this event name"));
    }

    private void pricing(Pricing pricing, boolean metered) {
        if (pricing instanceof PerUnit perUnit) {
            line("    " + (metered ? "unit-amount: " : "amount: ") + plain(perUnit.unitAmount()));
        } else if (pricing instanceof Packages packages) {
            line("    package: {size: " + packages.size() + ", amount: " + plain(packages.packageAmount()) + ", round: "
                    + (packages.round() == Packages.Round.UP ? "up" : "down") + "}");
        } else if (pricing instanceof Graduated graduated) {
            tiers("graduated", graduated.tiers());
        } else if (pricing instanceof Volume volume) {
            tiers("volume", volume.tiers());
        }
    }

    private void tiers(String mode, List<Tier> tiers) {
        line("    tiers-mode: " + mode);
        line("    tiers:");
        for (Tier tier : tiers) {
            BigDecimal flat = tier.flatAmount();
            line("      - {" + (tier.upTo() == null ? "" : "up-to: " + tier.upTo() + ", ") + "unit-amount: "
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
        line("plans:");
        pricesByPlan.forEach((plan, metered) -> {
            line("  - key: " + quoted(plan));
            field("base", baseByPlan.getOrDefault(plan, ""));
            if (!metered.isEmpty()) {
                line("    metered: ["
                        + String.join(
                                ", ",
                                metered.stream().map(CatalogExport::quoted).toList()) + "]");
            }
        });
    }

    private String proposed(StripePrice price) {
        String product = keyByProduct.getOrDefault(price.terms().product(), "price");
        return Marks.keyOf(price)
                .filter(key -> !lookupKeys.isTaken(key))
                .map(lookupKeys::propose)
                .orElseGet(() -> lookupKeys.propose(String.join(
                        " ",
                        price.nickname().isEmpty() ? product : price.nickname(),
                        price.terms().currency(),
                        price.terms().interval())));
    }

    private void field(String name, String value) {
        if (!value.isEmpty()) {
            line("    " + name + ": " + quoted(value));
        }
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    /** JSON's quotes are YAML's. */
    private static String quoted(String value) {
        return value.matches("(?!(?i:null)$)[A-Za-z][A-Za-z0-9_.-]*")
                ? value
                : TextNode.valueOf(value).toString();
    }

    private static String plain(BigDecimal amount) {
        return amount.toPlainString();
    }
}
