package io.tallymark.billing;

import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.Plan;
import io.tallymark.config.Suggestion;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripePrice;
import io.tallymark.usage.UserError;
import java.util.List;

/**
 * A plan of catalog.yaml with the prices that the account has for it.
 *
 * @param prices the base fee first
 */
record PlanPrices(Plan plan, List<StripePrice> prices) {
    PlanPrices {
        prices = List.copyOf(prices);
    }

    /**
     * Finds the prices by their lookup keys.
     *
     * @throws UserError when there is no such plan, or the account does not have all of its prices
     */
    static PlanPrices find(StripeBilling stripe, Catalog catalog, String key) {
        Plan plan = catalog.plan(key)
                .orElseThrow(() -> new UserError(
                        "catalog.yaml has no plan '" + key + "'"
                                + Suggestion.hint(
                                        key,
                                        catalog.plans().stream().map(Plan::key).toList()),
                        "name one of plans in catalog.yaml, or add it there and run ./tallymark catalog apply"));
        List<StripePrice> found = stripe.pricesByLookupKey(plan.prices());
        return new PlanPrices(
                plan,
                plan.prices().stream().map(lookupKey -> price(found, lookupKey)).toList());
    }

    String currency() {
        return prices.get(0).terms().currency();
    }

    /** Of all its prices; a plan does not mix them. */
    String interval() {
        return prices.get(0).terms().interval();
    }

    long intervalCount() {
        return prices.get(0).terms().intervalCount();
    }

    List<String> ids() {
        return prices.stream().map(StripePrice::id).toList();
    }

    private static StripePrice price(List<StripePrice> found, String lookupKey) {
        return found.stream()
                .filter(price -> price.lookupKey().equals(lookupKey))
                .findFirst()
                .orElseThrow(() ->
                        new UserError("the Stripe account has no price " + lookupKey, "./tallymark catalog apply"));
    }
}
