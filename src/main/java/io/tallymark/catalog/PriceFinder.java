package io.tallymark.catalog;

import io.tallymark.stripe.StripePrice;
import io.tallymark.usage.UserError;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds the price of the account that is the catalog's: by its lookup key, else by our mark, else by the id in the file. */
final class PriceFinder {
    private final Account account;
    private final Marks marks;
    private final Map<String, String> lookupKeyById = new HashMap<>();

    PriceFinder(Account account, Marks marks) {
        this.account = account;
        this.marks = marks;
    }

    /**
     * Each price of the account is found once at most.
     *
     * @param isSame whether a price charges what the catalog's does
     * @throws UserError when the catalog names a price that is another one's
     */
    Optional<StripePrice> find(CatalogPrice price, Predicate<StripePrice> isSame) {
        Optional<StripePrice> found = account.priceWithLookupKey(price.lookupKey())
                .or(() -> withoutItsLookupKey(price, isSame))
                .or(() -> named(price));
        found.ifPresent(known -> check(price, known));
        return found;
    }

    private Optional<StripePrice> withoutItsLookupKey(CatalogPrice price, Predicate<StripePrice> isSame) {
        return account.prices().stream()
                .filter(known -> known.active() && known.lookupKey().isEmpty())
                .filter(known ->
                        marks.keyOf(known).filter(price.lookupKey()::equals).isPresent())
                .filter(isSame)
                .findFirst();
    }

    private Optional<StripePrice> named(CatalogPrice price) {
        if (price.stripeId().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(account.price(price.stripeId())
                .orElseThrow(() -> mistake(price, "the account does not have", "create the price")));
    }

    private void check(CatalogPrice price, StripePrice known) {
        if (!known.lookupKey().isEmpty() && !known.lookupKey().equals(price.lookupKey())) {
            throw mistake(price, "has the lookup key " + known.lookupKey() + " already", "create another price");
        }
        String found = "the price " + price.lookupKey() + " of the account (" + known.id() + ") ";
        marks.keyOf(known).filter(key -> !key.equals(price.lookupKey())).ifPresent(key -> {
            throw new UserError(
                    found + "is or was " + key + " of this catalog",
                    "give " + price.lookupKey() + " another lookup-key or stripe-id, or set the lookup key of "
                            + known.id() + " back to " + key + " in Stripe");
        });
        marks.otherCatalog(known.metadata()).ifPresent(other -> {
            throw new UserError(
                    found + "belongs to the catalog " + other,
                    "give it another lookup-key here, or take it out of that catalog");
        });
        String earlier = lookupKeyById.putIfAbsent(known.id(), price.lookupKey());
        if (earlier != null) {
            throw mistake(price, "is " + earlier + " of this catalog", "create another price");
        }
    }

    private static UserError mistake(CatalogPrice price, String what, String otherwise) {
        return new UserError(
                "the catalog's price " + price.lookupKey() + " has stripe-id " + price.stripeId() + ", which " + what,
                "correct stripe-id, or remove it to " + otherwise);
    }
}
