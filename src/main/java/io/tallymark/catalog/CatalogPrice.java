package io.tallymark.catalog;

import io.tallymark.rating.Pricing;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A price of catalog.yaml. Amounts are in the currency's minor unit, such as cents.
 *
 * @param lookupKey its name in the file and at Stripe
 * @param product key of its product
 * @param currency three letters, lower case
 * @param interval {@code day}, {@code week}, {@code month} or {@code year}
 * @param intervalCount intervals between two invoices
 * @param metered what it counts; null: a fixed fee
 * @param pricing how usage becomes an amount; a fixed fee is the price of one unit
 * @param nickname shown in Stripe's dashboard only; may be empty
 * @param taxBehavior {@code inclusive}, {@code exclusive} or {@code unspecified}
 * @param stripeId the price of the account that becomes this one; empty: the one with the lookup key, or a new one
 */
public record CatalogPrice(
        String lookupKey,
        String product,
        String currency,
        String interval,
        int intervalCount,
        @Nullable Metered metered,
        Pricing pricing,
        String nickname,
        String taxBehavior,
        String stripeId) {

    /**
     * What a metered price counts.
     *
     * @param metric of tallymark.yaml
     * @param eventName of the Stripe meter; empty when usage records are counted
     * @param aggregateUsage how usage records become one number; empty with a meter
     */
    public record Metered(String metric, String eventName, String aggregateUsage) {
        boolean isOfRecords() {
            return eventName.isEmpty();
        }
    }

    public Optional<Metered> usage() {
        return Optional.ofNullable(metered);
    }
}
