package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.catalog.Prices;
import io.tallymark.simulator.catalog.SimulatedPrice;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which prices a subscription may have, and in what company. */
final class ItemRules {
    private static final int MOST_ITEMS = 20;

    private final Prices prices;
    private final boolean allowsArchived;

    private ItemRules(Prices prices, boolean allowsArchived) {
        this.prices = prices;
        this.allowsArchived = allowsArchived;
    }

    ItemRules(Prices prices) {
        this(prices, false);
    }

    /** For prices that were chosen earlier, and may have been archived since. */
    ItemRules withArchived() {
        return new ItemRules(prices, true);
    }

    /** The price that an item names, which must be recurring, and active unless it was chosen earlier. */
    SimulatedPrice priceOf(ItemChange item) {
        String param = item.param() + "[price]";
        if (item.price().isEmpty()) {
            throw Refusal.missing(param);
        }
        SimulatedPrice price = prices.find(item.price())
                .orElseThrow(
                        () -> Refusal.badRequest("resource_missing", param, "No such price: '" + item.price() + "'"));
        if (!price.active() && !allowsArchived) {
            throw Refusal.badRequest(
                    "", param, "The price specified is inactive. This field only accepts active prices.");
        }
        if (price.terms().recurring() == null) {
            throw Refusal.badRequest(
                    "",
                    param,
                    "The price specified is set to `type=one_time` but this field only accepts prices with"
                            + " `type=recurring`.");
        }
        return price;
    }

    /** @param otherwise when the call says nothing */
    static long quantityOf(ItemChange item, SimulatedPrice price, long otherwise) {
        String param = item.param() + "[quantity]";
        Long quantity = item.quantity();
        if (SubscriptionItem.isMetered(price)) {
            if (quantity != null) {
                throw Refusal.badRequest(
                        "",
                        param,
                        "Quantity should not be specified where usage_type is `metered`. Remove quantity from `"
                                + item.param() + "`.");
            }
            return 0;
        }
        if (quantity != null && quantity < 0) {
            throw Refusal.badRequest(
                    "parameter_invalid_integer", param, "This value must be greater than or equal to 0.");
        }
        return quantity == null ? otherwise : quantity;
    }

    /** Whether the prices may stand beside each other. */
    static void check(List<SimulatedPrice> together, boolean flexible) {
        if (together.isEmpty()) {
            throw Refusal.badRequest("", "items", "A subscription must have at least one active price.");
        }
        if (together.size() > MOST_ITEMS) {
            throw Refusal.badRequest("", "items", "A subscription can have at most " + MOST_ITEMS + " items.");
        }
        Set<String> seen = new HashSet<>();
        for (SimulatedPrice price : together) {
            if (!seen.add(price.id())) {
                throw Refusal.badRequest(
                        "", "items", "Cannot add multiple subscription items with the same plan: " + price.id());
            }
            checkBeside(together.get(0), price, flexible);
        }
    }

    private static void checkBeside(SimulatedPrice first, SimulatedPrice price, boolean flexible) {
        if (!price.terms().currency().equals(first.terms().currency())) {
            throw Refusal.badRequest(
                    "",
                    "items",
                    "The price specified only supports `" + price.terms().currency()
                            + "`. This doesn't match the expected currency: `"
                            + first.terms().currency() + "`.");
        }
        if (!flexible && !sameInterval(first, price)) {
            throw Refusal.badRequest(
                    "",
                    "items",
                    "Currently, all plans on a subscription must have the same `recurring.interval` and"
                            + " `recurring.interval_count`. If you meant to update an existing subscription item"
                            + " instead of creating a new one, make sure to include the subscription item ID.");
        }
    }

    static boolean sameInterval(SimulatedPrice one, SimulatedPrice other) {
        SimulatedPrice.Recurring recurring = SubscriptionItem.recurring(one);
        return recurring.interval().equals(SubscriptionItem.recurring(other).interval())
                && recurring.count() == SubscriptionItem.recurring(other).count();
    }
}
