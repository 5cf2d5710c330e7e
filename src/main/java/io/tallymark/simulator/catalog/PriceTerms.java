package io.tallymark.simulator.catalog;

import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.metering.AggregateUsage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what a new price charges, and refuses what Stripe refuses. */
final class PriceTerms {
    /** The parameters that it looks at. */
    static final List<String> PARAMS = List.of(
            "currency",
            "product",
            "unit_amount",
            "unit_amount_decimal",
            "billing_scheme",
            "tiers_mode",
            "tiers[*]",
            "transform_quantity[divide_by]",
            "transform_quantity[round]",
            "recurring[interval]",
            "recurring[interval_count]",
            "recurring[usage_type]",
            "recurring[meter]",
            "recurring[aggregate_usage]");

    /** Three years. */
    private static final Map<String, Long> LONGEST = Map.of("day", 1_095L, "week", 156L, "month", 36L, "year", 3L);

    private static final List<String> TIER_PARAMS =
            List.of("up_to", "unit_amount", "unit_amount_decimal", "flat_amount", "flat_amount_decimal");

    private final Params params;
    private final boolean legacy;

    /** @param legacy whether the API version still has metered prices without a meter */
    PriceTerms(Params params, boolean legacy) {
        this.params = params;
        this.legacy = legacy;
    }

    SimulatedPrice.Terms read() {
        boolean tiered = params.oneOf("billing_scheme", List.of("per_unit", "tiered"), "per_unit")
                .equals("tiered");
        boolean packaged = params.mentions("transform_quantity");
        if (packaged && tiered) {
            throw Refusal.badRequest(
                    "", "transform_quantity", "You cannot use `transform_quantity` with `billing_scheme=tiered`.");
        }
        return new SimulatedPrice.Terms(
                params.required("product"),
                currency(),
                params.mentions("recurring") ? recurring() : null,
                tiered ? noUnitAmount() : unitAmount(),
                tiered ? tiersMode() : noTiers(),
                tiered ? tiers() : List.of(),
                packaged ? divideBy() : 0,
                packaged ? round() : "");
    }

    private String currency() {
        String currency = params.required("currency");
        if (!currency.matches("[A-Za-z]{3}")) {
            throw Refusal.badRequest("", "currency", "Invalid currency: " + currency);
        }
        return currency.toLowerCase(java.util.Locale.ROOT);
    }

    private SimulatedPrice.Recurring recurring() {
        String interval = params.required("recurring[interval]");
        params.oneOf("recurring[interval]", List.of("day", "week", "month", "year"), "");
        long count = params.integer("recurring[interval_count]").orElse(1L);
        if (count < 1 || count > LONGEST.getOrDefault(interval, 0L)) {
            throw Refusal.badRequest(
                    "", "recurring[interval_count]", "The interval must be positive and at most three years.");
        }
        String usageType =
                params.oneOf("recurring[usage_type]", List.of(SimulatedPrice.METERED), SimulatedPrice.LICENSED);
        String meter = params.text("recurring[meter]").orElse("");
        boolean metered = usageType.equals(SimulatedPrice.METERED);
        if (!metered && !meter.isEmpty()) {
            throw Refusal.badRequest(
                    "", "recurring[meter]", "`recurring[meter]` can only be set with `recurring[usage_type]=metered`.");
        }
        if (metered && meter.isEmpty() && !legacy) {
            throw Refusal.badRequest(
                    "parameter_missing",
                    "recurring[meter]",
                    "Missing required param: recurring[meter]. Metered prices must be backed by a meter.");
        }
        return new SimulatedPrice.Recurring(interval, count, usageType, meter, aggregateUsage(metered, meter));
    }

    private String aggregateUsage(boolean metered, String meter) {
        String name = "recurring[aggregate_usage]";
        if (!params.mentions(name)) {
            return metered && meter.isEmpty() ? AggregateUsage.SUM.apiName() : "";
        }
        if (!legacy) {
            throw Refusal.badRequest("parameter_unknown", name, "Received unknown parameter: " + name);
        }
        if (!metered || !meter.isEmpty()) {
            throw Refusal.badRequest("", name, "`aggregate_usage` needs a metered price without a meter.");
        }
        return params.oneOf(
                name,
                Stream.of(AggregateUsage.values()).map(AggregateUsage::apiName).toList(),
                AggregateUsage.SUM.apiName());
    }

    private BigDecimal unitAmount() {
        return amount("unit_amount").orElseThrow(() -> Refusal.missing("unit_amount"));
    }

    private @Nullable BigDecimal noUnitAmount() {
        for (String name : List.of("unit_amount", "unit_amount_decimal")) {
            if (params.mentions(name)) {
                throw Refusal.badRequest("", name, "You cannot set `" + name + "` with `billing_scheme=tiered`.");
            }
        }
        return null;
    }

    private Optional<BigDecimal> amount(String name) {
        Optional<BigDecimal> whole = params.integer(name).map(BigDecimal::valueOf);
        Optional<BigDecimal> decimal = params.decimal(name + "_decimal");
        if (whole.isPresent() && decimal.isPresent()) {
            throw Refusal.badRequest("", name, "You may only specify one of " + name + ", " + name + "_decimal.");
        }
        Optional<BigDecimal> amount = whole.or(() -> decimal);
        BigDecimal largest = BigDecimal.valueOf(Currencies.largest(currency()));
        amount.filter(value -> value.signum() < 0 || value.compareTo(largest) > 0)
                .ifPresent(value -> {
                    throw Refusal.badRequest(
                            "parameter_invalid_integer", name, "This value must be from 0 to " + largest + ".");
                });
        return amount;
    }

    private String tiersMode() {
        params.required("tiers_mode");
        return params.oneOf("tiers_mode", List.of("graduated", "volume"), "");
    }

    private String noTiers() {
        for (String name : List.of("tiers_mode", "tiers")) {
            if (params.mentions(name)) {
                throw Refusal.badRequest("", name, "You can only set `" + name + "` with `billing_scheme=tiered`.");
            }
        }
        return "";
    }

    private List<PriceTier> tiers() {
        List<PriceTier> tiers = new ArrayList<>();
        for (int i = 0; params.mentions("tiers[" + i + "]"); i++) {
            refuseAfterInfinite(tiers, i);
            tiers.add(tier(i, tiers));
        }
        if (tiers.isEmpty()) {
            throw Refusal.missing("tiers");
        }
        if (tiers.get(tiers.size() - 1).upTo() != null) {
            throw Refusal.badRequest("", "tiers", "The last tier must have `up_to` set to `inf`.");
        }
        refuseStrayTiers(tiers.size());
        return tiers;
    }

    private static void refuseAfterInfinite(List<PriceTier> tiers, int index) {
        if (index > 0 && tiers.get(index - 1).upTo() == null) {
            throw Refusal.badRequest("", "tiers", "Only the last tier may have `up_to` set to `inf`.");
        }
    }

    private PriceTier tier(int index, List<PriceTier> before) {
        String name = "tiers[" + index + "]";
        String upTo = params.required(name + "[up_to]");
        Long last = upTo.equals("inf") ? null : (Long) params.requiredInteger(name + "[up_to]");
        long begin = index == 0
                ? 0
                : Optional.ofNullable(before.get(index - 1).upTo()).orElse(0L);
        if (last != null && last <= begin) {
            throw Refusal.badRequest("", name + "[up_to]", "`up_to` must be greater than that of the tier before.");
        }
        Optional<BigDecimal> unit = tierAmount(name, "unit_amount");
        Optional<BigDecimal> flat = tierAmount(name, "flat_amount");
        if (unit.isEmpty() && flat.isEmpty()) {
            throw Refusal.badRequest(
                    "",
                    name,
                    "A tier needs at least one of unit_amount, unit_amount_decimal, flat_amount, flat_amount_decimal.");
        }
        return new PriceTier(last, unit.orElse(null), flat.orElse(null));
    }

    private Optional<BigDecimal> tierAmount(String tier, String name) {
        Params renamed = new Params(Map.of(
                "currency",
                currency(),
                name,
                params.text(tier + "[" + name + "]").orElse(""),
                name + "_decimal",
                params.text(tier + "[" + name + "_decimal]").orElse("")));
        return new PriceTerms(renamed, legacy).amount(name);
    }

    private void refuseStrayTiers(int count) {
        for (String key : params.values().keySet()) {
            if (key.startsWith("tiers[")) {
                boolean known = Stream.iterate(0, i -> i < count, i -> i + 1)
                        .flatMap(i -> TIER_PARAMS.stream().map(param -> "tiers[" + i + "][" + param + "]"))
                        .anyMatch(key::equals);
                if (!known) {
                    throw Refusal.badRequest("parameter_unknown", key, "Received unknown parameter: " + key);
                }
            }
        }
    }

    private long divideBy() {
        long divideBy = params.requiredInteger("transform_quantity[divide_by]");
        if (divideBy < 1) {
            throw Refusal.badRequest(
                    "parameter_invalid_integer",
                    "transform_quantity[divide_by]",
                    "This value must be greater than or equal to 1.");
        }
        return divideBy;
    }

    private String round() {
        params.required("transform_quantity[round]");
        return params.oneOf("transform_quantity[round]", List.of("up", "down"), "");
    }
}
