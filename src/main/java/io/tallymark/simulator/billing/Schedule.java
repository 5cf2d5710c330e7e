package io.tallymark.simulator.billing;

import io.tallymark.simulator.catalog.SimulatedPrice;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is planned for a subscription. Immutable: each step makes another one.
 *
 * @param id {@code sub_sched_…}
 * @param phases without gaps, in order
 * @param current index of the phase that the subscription is in
 * @param endBehavior {@code release} or {@code cancel}
 * @param status {@code active}, {@code released}, {@code canceled} or {@code completed}
 * @param closedAt when it stopped being active; null before
 */
record Schedule(
        String id,
        String customer,
        String subscription,
        boolean flexible,
        Instant created,
        List<Phase> phases,
        int current,
        String endBehavior,
        Map<String, String> metadata,
        String status,
        @Nullable Instant closedAt) {
    static final String ACTIVE = "active";
    static final String RELEASED = "released";
    static final String CANCELED = "canceled";
    static final String COMPLETED = "completed";
    static final String RELEASE = "release";
    static final String CANCEL = "cancel";

    Schedule {
        phases = List.copyOf(phases);
        metadata = Map.copyOf(metadata);
    }

    /**
     * What a subscription is made of for a while.
     *
     * @param behavior Stripe's {@code proration_behavior}, for its start
     * @param metadata that the subscription gets with it
     */
    record Phase(Instant start, Instant end, List<PhaseItem> items, String behavior, Map<String, String> metadata) {
        Phase {
            items = List.copyOf(items);
            metadata = Map.copyOf(metadata);
        }
    }

    /** @param quantity 0 for a metered price */
    record PhaseItem(SimulatedPrice price, long quantity, Map<String, String> metadata) {
        PhaseItem {
            metadata = Map.copyOf(metadata);
        }
    }

    boolean isActive() {
        return status.equals(ACTIVE);
    }

    Phase currentPhase() {
        return phases.get(current);
    }

    Instant end() {
        return phases.get(phases.size() - 1).end();
    }

    boolean cancels() {
        return endBehavior.equals(CANCEL);
    }

    Schedule inPhase(int index) {
        return with(phases, index, endBehavior, metadata, status, closedAt);
    }

    Schedule planned(List<Phase> others, int index, String behavior, Map<String, String> texts) {
        return with(others, index, behavior, texts, status, closedAt);
    }

    Schedule closed(String how, Instant at) {
        return with(phases, current, endBehavior, metadata, how, at);
    }

    private Schedule with(
            List<Phase> otherPhases,
            int index,
            String behavior,
            Map<String, String> texts,
            String otherStatus,
            @Nullable Instant at) {
        return new Schedule(
                id, customer, subscription, flexible, created, otherPhases, index, behavior, texts, otherStatus, at);
    }
}
