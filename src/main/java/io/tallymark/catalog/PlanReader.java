package io.tallymark.catalog;

import io.tallymark.config.ConfigSection;
import io.tallymark.config.Problems;
import io.tallymark.config.Suggestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the plans and refuses those that would bill wrong. */
final class PlanReader {
    private static final int LONGEST_KEY = 100;
    private static final int LONGEST_METADATA = 500;

    private final Problems problems;
    private final Map<String, CatalogPrice> prices = new LinkedHashMap<>();
    private final Keys keys;

    PlanReader(Problems problems, List<CatalogPrice> prices) {
        this.problems = problems;
        prices.forEach(price -> this.prices.put(price.lookupKey(), price));
        this.keys = new Keys(problems, LONGEST_KEY);
    }

    List<Plan> read(ConfigSection root) {
        List<Plan> plans = new ArrayList<>();
        for (ConfigSection section : root.sections("plans")) {
            plans.add(plan(section));
            section.finish();
        }
        refuseLongLists(plans);
        return plans;
    }

    private Plan plan(ConfigSection section) {
        String key = keys.read(section, "key");
        List<CatalogPrice> all = new ArrayList<>();
        String base = section.text("base", "");
        if (section.has("base")) {
            base(section, base).ifPresent(all::add);
        }
        List<CatalogPrice> metered = metered(section);
        all.addAll(metered);
        if (base.isEmpty() && metered.isEmpty()) {
            problems.add(section.key("metered"), "is missing: a plan needs a base price or a metered one");
        }
        refuseMixture(section, all);
        return new Plan(
                key,
                base.isEmpty() ? null : base,
                metered.stream().map(CatalogPrice::lookupKey).toList());
    }

    private Optional<CatalogPrice> base(ConfigSection section, String lookupKey) {
        Optional<CatalogPrice> price = known(section.key("base"), lookupKey);
        if (price.flatMap(CatalogPrice::usage).isPresent()) {
            problems.add(section.key("base"), lookupKey + " is a price for usage: list it under metered");
        }
        return price;
    }

    private List<CatalogPrice> metered(ConfigSection section) {
        List<CatalogPrice> metered = new ArrayList<>();
        Map<String, String> priceByMetric = new HashMap<>();
        for (String lookupKey : section.texts("metered")) {
            known(section.key("metered"), lookupKey).ifPresent(price -> {
                metered.add(price);
                checkMetric(section, price, priceByMetric);
            });
        }
        return metered;
    }

    private void checkMetric(ConfigSection section, CatalogPrice price, Map<String, String> priceByMetric) {
        if (price.usage().isEmpty()) {
            problems.add(section.key("metered"), price.lookupKey() + " is a fixed fee: write it as base");
            return;
        }
        String metric = price.usage().get().metric();
        String other = priceByMetric.put(metric, price.lookupKey());
        if (other != null) {
            problems.add(
                    section.key("metered"),
                    other + " and " + price.lookupKey() + " both count " + metric
                            + ": the same usage would be billed twice; keep one");
        }
    }

    private Optional<CatalogPrice> known(String key, String lookupKey) {
        CatalogPrice price = prices.get(lookupKey);
        if (price == null) {
            problems.add(
                    key,
                    ConfigSection.shown(lookupKey) + " is no lookup-key of prices"
                            + Suggestion.hint(lookupKey, prices.keySet()));
        }
        return Optional.ofNullable(price);
    }

    /** An invoice has one currency, and a subscription one rhythm. */
    private void refuseMixture(ConfigSection section, List<CatalogPrice> all) {
        List<String> currencies =
                all.stream().map(CatalogPrice::currency).distinct().toList();
        if (currencies.size() > 1) {
            problems.add(
                    section.key("metered"),
                    "mixes currencies, " + String.join(", ", currencies) + ": make one plan of each");
        }
        List<String> intervals = all.stream()
                .map(price -> price.intervalCount() + " " + price.interval())
                .distinct()
                .toList();
        if (intervals.size() > 1) {
            problems.add(
                    section.key("metered"),
                    "mixes intervals, " + String.join(", ", intervals) + ": all prices of a plan are charged together");
        }
    }

    /** The plans of a price are written to its metadata. */
    private void refuseLongLists(List<Plan> plans) {
        for (String lookupKey : prices.keySet()) {
            long length = plans.stream()
                    .filter(plan -> plan.prices().contains(lookupKey))
                    .mapToLong(plan -> plan.key().length() + 1L)
                    .sum();
            if (length > LONGEST_METADATA) {
                problems.add(
                        "plans",
                        "too many have the price " + lookupKey + ": their keys must fit 500 characters together");
            }
        }
    }
}
