package io.tallymark.stripe;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What changes a subscription by itself.
 *
 * @param id {@code sub_sched_…}
 * @param status {@code not_started}, {@code active}, {@code completed}, {@code released} or {@code canceled}
 * @param phases one after the other
 */
public record StripeSchedule(String id, String status, Map<String, String> metadata, List<Phase> phases) {
    public StripeSchedule {
        metadata = Map.copyOf(metadata);
        phases = List.copyOf(phases);
    }

    /** @param priceIds of its items, in order */
    public record Phase(Instant start, Instant end, List<String> priceIds) {
        public Phase {
            priceIds = List.copyOf(priceIds);
        }
    }
}
