package io.tallymark.simulator.catalog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.Metadata;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A price: immutable terms, and what may change around them.
 *
 * @param id {@code price_…}
 * @param lookupKey empty: none
 * @param nickname empty: none
 * @param taxBehavior {@code unspecified} until it is set once
 */
public record SimulatedPrice(
        String id,
        Terms terms,
        boolean active,
        String lookupKey,
        String nickname,
        String taxBehavior,
        Map<String, String> metadata,
        long createdSeconds) {
    static final String UNSPECIFIED = "unspecified";
    public static final String METERED = "metered";
    static final String LICENSED = "licensed";

    public SimulatedPrice {
        metadata = Map.copyOf(metadata);
    }

    /**
     * What it charges; amounts in the minor unit.
     *
     * @param recurring null for a one-time price
     * @param unitAmount null with tiers
     * @param tiersMode empty without tiers
     * @param divideBy units in a package; 0 without packages
     * @param round {@code up} or {@code down}; empty without packages
     */
    public record Terms(
            String product,
            String currency,
            @Nullable Recurring recurring,
            @Nullable BigDecimal unitAmount,
            String tiersMode,
            List<PriceTier> tiers,
            long divideBy,
            String round) {
        public boolean isTiered() {
            return !tiersMode.isEmpty();
        }

        /** For people to read. */
        public String inWords() {
            String amount = unitAmount == null
                    ? tiersMode + " tiers, " + tiers.size()
                    : unitAmount.toPlainString() + (divideBy == 0 ? "" : " per " + divideBy);
            return amount + " " + currency + (recurring == null ? "" : ", " + recurring.inWords());
        }
    }

    /**
     * How often it is charged.
     *
     * @param meter empty without one
     * @param aggregateUsage of a legacy metered price; empty otherwise
     */
    public record Recurring(String interval, long count, String usageType, String meter, String aggregateUsage) {
        public String inWords() {
            return usageType + " every " + (count == 1 ? "" : count + " ") + interval;
        }
    }

    SimulatedPrice withoutLookupKey() {
        return new SimulatedPrice(id, terms, active, "", nickname, taxBehavior, metadata, createdSeconds);
    }

    /**
     * The price as the API shows it.
     *
     * @param withTiers whether the caller expanded {@code tiers}
     * @param legacy whether the API version still knows {@code aggregate_usage}
     */
    public ObjectNode toJson(boolean withTiers, boolean legacy) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id).put("object", "price").put("active", active);
        json.put("billing_scheme", terms.isTiered() ? "tiered" : "per_unit").put("created", createdSeconds);
        json.put("currency", terms.currency()).putNull("custom_unit_amount").put("livemode", false);
        json.put("lookup_key", orNull(lookupKey)).put("nickname", orNull(nickname));
        Metadata.write(json, metadata);
        json.put("product", terms.product()).put("tax_behavior", taxBehavior);
        json.put("type", terms.recurring() == null ? "one_time" : "recurring");
        writeRecurring(json, legacy);
        json.put("tiers_mode", orNull(terms.tiersMode()));
        if (withTiers && terms.isTiered()) {
            ArrayNode tiers = json.putArray("tiers");
            terms.tiers().forEach(tier -> tier.write(tiers.addObject()));
        }
        writeTransform(json);
        PriceTier.writeAmount(json, "unit_amount", terms.unitAmount());
        return json;
    }

    private void writeRecurring(ObjectNode json, boolean legacy) {
        Recurring recurring = terms.recurring();
        if (recurring == null) {
            json.putNull("recurring");
            return;
        }
        ObjectNode node = json.putObject("recurring");
        if (legacy) {
            node.put("aggregate_usage", orNull(recurring.aggregateUsage()));
        }
        node.put("interval", recurring.interval()).put("interval_count", recurring.count());
        node.put("meter", orNull(recurring.meter())).putNull("trial_period_days");
        node.put("usage_type", recurring.usageType());
    }

    private void writeTransform(ObjectNode json) {
        if (terms.divideBy() == 0) {
            json.putNull("transform_quantity");
        } else {
            json.putObject("transform_quantity")
                    .put("divide_by", terms.divideBy())
                    .put("round", terms.round());
        }
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
