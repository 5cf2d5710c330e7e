package io.tallymark.catalog;

import io.tallymark.stripe.StripeCatalog;
import java.util.HashMap;
import java.util.Map;

/** The account while a plan is carried out: the way to it, and the ids of what the plan creates. */
final class Progress {
    private final StripeCatalog stripe;
    private final Map<String, String> meterIds = new HashMap<>();
    private final Map<String, String> productIds = new HashMap<>();

    Progress(StripeCatalog stripe) {
        this.stripe = stripe;
    }

    StripeCatalog stripe() {
        return stripe;
    }

    void meterCreated(String eventName, String id) {
        meterIds.put(eventName, id);
    }

    void productCreated(String key, String id) {
        productIds.put(key, id);
    }

    String resolve(Ref ref) {
        Map<String, String> ids = ref.isMeter() ? meterIds : productIds;
        String id = ref.id().isEmpty() ? ids.get(ref.name()) : ref.id();
        if (id == null) {
            throw new IllegalStateException("the plan creates " + ref.name() + " before it is used");
        }
        return id;
    }
}
