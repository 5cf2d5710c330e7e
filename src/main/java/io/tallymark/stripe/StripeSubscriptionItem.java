package io.tallymark.stripe;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An item of a subscription. Texts that it does not have are empty.
 *
 * @param id {@code si_…}
 * @param priceId {@code price_…}
 * @param usageType whether a fixed quantity or usage is billed: {@code licensed} or else {@code "metered"}
 * @param meterId {@code mtr_…}; empty on a licensed price and on one from before meters
 * @param priceMetadata its price's
 * @param interval {@code day}, {@code week}, {@code month} or {@code year}
 * @param intervalCount intervals between two invoices
 * @param quantity of a licensed price; null on a metered one
 * @param periodStart of the current period, inside
 * @param periodEnd of the current period, outside
 */
public record StripeSubscriptionItem(
        String id,
        String priceId,
        String lookupKey,
        String usageType,
        String meterId,
        Map<String, String> priceMetadata,
        String interval,
        int intervalCount,
        @Nullable Long quantity,
        Instant periodStart,
        Instant periodEnd,
        Instant createdAt) {
    public StripeSubscriptionItem {
        priceMetadata = Map.copyOf(priceMetadata);
    }

    public boolean isMetered() {
        return usageType.equals("metered");
    }

    /** Whether it bills usage records. */
    public boolean isLegacy() {
        return isMetered() && meterId.isEmpty();
    }
}
