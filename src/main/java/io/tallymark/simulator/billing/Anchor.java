package io.tallymark.simulator.billing;

import io.tallymark.simulator.catalog.SimulatedPrice;
import io.tallymark.simulator.metering.Rhythm;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * The instant that all periods of a subscription are aligned with.
 *
 * @param dayOfMonth the day that months aim at, which may be later than the anchor's own
 * @param config as {@code billing_cycle_anchor_config} was passed; empty: it was not
 */
record Anchor(Instant at, int dayOfMonth, Map<String, Long> config) {
    static Anchor of(Instant at) {
        return new Anchor(at, at.atZone(ZoneOffset.UTC).getDayOfMonth(), Map.of());
    }

    Rhythm rhythm(SimulatedPrice price) {
        SimulatedPrice.Recurring recurring = SubscriptionItem.recurring(price);
        return new Rhythm(at, dayOfMonth, recurring.interval(), recurring.count());
    }
}
