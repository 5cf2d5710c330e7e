package io.tallymark.simulator.billing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An invoice. Immutable: each step makes another one.
 *
 * @param id {@code in_…}
 * @param parts in order; lines only, once it is finalized
 */
record Invoice(
        String id,
        Head head,
        List<InvoicePart> parts,
        Progress progress,
        Map<String, String> metadata,
        String description) {
    static final String DRAFT = "draft";
    static final String OPEN = "open";
    static final String PAID = "paid";
    static final String VOID = "void";

    static final String CREATE = "subscription_create";
    static final String CYCLE = "subscription_cycle";
    static final String UPDATE = "subscription_update";

    /** How long a draft waits for late usage and for those who want to change it. */
    static final Duration GRACE = Duration.ofHours(1);

    Invoice {
        parts = List.copyOf(parts);
        metadata = Map.copyOf(metadata);
    }

    /**
     * Where it comes from; never changes.
     *
     * @param reason Stripe's {@code billing_reason}
     * @param periodStart of the period that ended
     * @param texts of the subscription at that time
     */
    record Head(
            String customer,
            String subscription,
            String currency,
            String reason,
            Instant created,
            Instant periodStart,
            Instant periodEnd,
            Subscription.Texts texts) {
        static Head of(
                Subscription subscription, String reason, Instant created, Instant periodStart, Instant periodEnd) {
            return new Head(
                    subscription.customer(),
                    subscription.id(),
                    subscription.currency(),
                    reason,
                    created,
                    periodStart,
                    periodEnd,
                    subscription.texts());
        }
    }

    /**
     * How far it has come.
     *
     * @param autoAdvance whether Stripe finalizes it and collects the money
     * @param finalizesAt when a draft is due; null: when somebody does it
     * @param number empty for a draft
     */
    record Progress(
            String status,
            boolean autoAdvance,
            @Nullable Instant finalizesAt,
            String number,
            @Nullable Instant finalizedAt,
            @Nullable Instant paidAt,
            @Nullable Instant voidedAt) {
        static Progress draft(Instant finalizesAt) {
            return new Progress(DRAFT, true, finalizesAt, "", null, null, null);
        }

        Progress advancing(boolean auto, @Nullable Instant at) {
            return new Progress(status, auto, at, number, finalizedAt, paidAt, voidedAt);
        }

        Progress open(String given, Instant at) {
            return new Progress(OPEN, autoAdvance, null, given, at, null, null);
        }

        Progress paid(Instant at) {
            return new Progress(PAID, false, null, number, finalizedAt, at, null);
        }

        Progress voided(Instant at) {
            return new Progress(VOID, false, null, number, finalizedAt, null, at);
        }
    }

    boolean isDraft() {
        return progress.status().equals(DRAFT);
    }

    Invoice withParts(List<? extends InvoicePart> others) {
        return new Invoice(id, head, List.copyOf(others), progress, metadata, description);
    }

    Invoice withProgress(Progress other) {
        return new Invoice(id, head, parts, other, metadata, description);
    }

    Invoice withTexts(Map<String, String> otherMetadata, String otherDescription) {
        return new Invoice(id, head, parts, progress, otherMetadata, otherDescription);
    }
}
