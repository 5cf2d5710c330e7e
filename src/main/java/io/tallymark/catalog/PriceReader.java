package io.tallymark.catalog;

import io.tallymark.config.ConfigSection;
import io.tallymark.config.Problems;
import io.tallymark.config.Suggestion;
import io.tallymark.stripe.StripePrice;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the prices; it knows the products and the meters they may name. */
final class PriceReader {
    static final int LONGEST_LOOKUP_KEY = 200;
    private static final int LONGEST_NICKNAME = 250;

    private static final Map<String, String> INTERVALS = same("day", "week", "month", "year");
    /** Three years, Stripe's limit. */
    private static final Map<String, Integer> LONGEST = Map.of("day", 1_095, "week", 156, "month", 36, "year", 3);

    private static final Map<String, String> TAX_BEHAVIORS = same("inclusive", "exclusive", StripePrice.UNSPECIFIED);
    private static final Map<String, String> AGGREGATE_USAGES = same("sum", "max", "last_during_period", "last_ever");

    private final Problems problems;
    private final Set<String> products;
    private final Map<String, Meter> meters = new LinkedHashMap<>();
    private final Set<String> currencies;
    private final Keys keys;
    private final Set<String> stripeIds = new HashSet<>();

    PriceReader(Problems problems, List<CatalogProduct> products, List<Meter> meters) {
        this.problems = problems;
        this.products = products.stream().map(CatalogProduct::key).collect(Collectors.toSet());
        meters.forEach(meter -> this.meters.put(meter.metric(), meter));
        this.currencies = Currency.getAvailableCurrencies().stream()
                .map(currency -> currency.getCurrencyCode().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        this.keys = new Keys(problems, LONGEST_LOOKUP_KEY);
    }

    List<CatalogPrice> read(ConfigSection root) {
        List<CatalogPrice> prices = new ArrayList<>();
        for (ConfigSection section : root.sections("prices")) {
            prices.add(price(section));
            section.finish();
        }
        if (prices.isEmpty()) {
            problems.add("prices", "is empty: every price of the account would be archived");
        }
        return prices;
    }

    private CatalogPrice price(ConfigSection section) {
        String lookupKey = keys.read(section, "lookup-key");
        String interval = section.choice("interval", "month", INTERVALS);
        String currency = currency(section);
        Optional<CatalogPrice.Metered> metered = metered(section);
        String stripeId = section.text("stripe-id", "");
        if (!stripeId.isEmpty() && !stripeIds.add(stripeId)) {
            problems.add(section.key("stripe-id"), stripeId + " is another price's too");
        }
        return new CatalogPrice(
                lookupKey,
                product(section),
                currency,
                interval,
                section.integer("interval-count", 1, 1, LONGEST.getOrDefault(interval, 1)),
                metered.orElse(null),
                new PricingReader(problems, currency).read(section, section.has("meter")),
                Texts.optional(section, "nickname", LONGEST_NICKNAME),
                section.choice("tax-behavior", StripePrice.UNSPECIFIED, TAX_BEHAVIORS),
                stripeId);
    }

    private String product(ConfigSection section) {
        String product = section.requiredText("product");
        if (!product.isEmpty() && !products.contains(product)) {
            problems.add(
                    section.key("product"), product + " is no key of products" + Suggestion.hint(product, products));
        }
        return product;
    }

    private String currency(ConfigSection section) {
        String currency = section.requiredText("currency");
        if (!currency.isEmpty() && !currencies.contains(currency)) {
            problems.add(section.key("currency"), currency + " is no currency (write eur or usd)");
        }
        return currency;
    }

    private Optional<CatalogPrice.Metered> metered(ConfigSection section) {
        String aggregateUsage = section.choice("aggregate-usage", "", AGGREGATE_USAGES);
        if (!section.has("meter")) {
            if (!aggregateUsage.isEmpty()) {
                problems.add(section.key("aggregate-usage"), "has no meaning without a meter");
            }
            return Optional.empty();
        }
        String metric = section.requiredText("meter");
        if (metric.isBlank()) {
            return Optional.empty();
        }
        Meter meter = meters.get(metric);
        if (meter == null) {
            problems.add(
                    section.key("meter"),
                    metric + " is no metric of tallymark.yaml" + Suggestion.hint(metric, meters.keySet())
                            + ": the price would bill nothing");
            return Optional.empty();
        }
        if (meter.stripe().isEmpty()) {
            problems.add(
                    section.key("meter"),
                    metric
                            + " is not reported to Stripe, so the price would bill nothing: give the meter a stripe section"
                            + " in tallymark.yaml");
            return Optional.empty();
        }
        Meter.StripeReport report = meter.stripe().get();
        return Optional.of(
                report.mode().isUsageRecord()
                        ? ofRecords(section, meter, aggregateUsage)
                        : ofMeter(section, meter, report, aggregateUsage));
    }

    private CatalogPrice.Metered ofMeter(
            ConfigSection section, Meter meter, Meter.StripeReport report, String aggregateUsage) {
        if (!aggregateUsage.isEmpty()) {
            problems.add(
                    section.key("aggregate-usage"),
                    aggregateUsage + " has no meaning for " + meter.metric()
                            + ", whose Stripe meter has a formula: remove" + " it");
        }
        return new CatalogPrice.Metered(meter.metric(), report.eventName(), "");
    }

    private CatalogPrice.Metered ofRecords(ConfigSection section, Meter meter, String aggregateUsage) {
        List<String> fitting = fitting(meter.aggregation());
        String chosen = aggregateUsage.isEmpty() ? fitting.get(0) : aggregateUsage;
        if (!fitting.contains(chosen)) {
            problems.add(
                    section.key("aggregate-usage"),
                    chosen + " on " + meter.metric() + ", a meter with aggregation "
                            + meter.aggregation().name().toLowerCase(Locale.ROOT)
                            + ", would bill another number than the table's: write " + String.join(" or ", fitting));
        }
        return new CatalogPrice.Metered(meter.metric(), "", chosen);
    }

    /** What makes of an hour's totals the period's total that the table has. */
    private static List<String> fitting(Aggregation aggregation) {
        return switch (aggregation) {
            case SUM, COUNT -> List.of("sum");
            case MAX -> List.of("max");
            case LAST -> List.of("last_during_period", "last_ever");
        };
    }

    private static Map<String, String> same(String... words) {
        return Stream.of(words).collect(Collectors.toMap(word -> word, word -> word));
    }
}
