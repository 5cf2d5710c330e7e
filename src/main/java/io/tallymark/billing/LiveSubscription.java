package io.tallymark.billing;

import io.tallymark.stripe.StripeSubscription;
import java.util.Map;

/**
 * The one subscription that bills a customer's usage.
 *
 * @param customerId as the events' subject names it
 * @param metricByItem without an entry: a fee, or usage that is not ours
 */
public record LiveSubscription(String customerId, StripeSubscription subscription, Map<String, String> metricByItem) {
    public LiveSubscription {
        metricByItem = Map.copyOf(metricByItem);
    }
}
