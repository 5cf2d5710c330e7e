package io.tallymark.billing;

import io.tallymark.stripe.StripeInvoice;
import io.tallymark.stripe.StripeInvoiceLine;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Subscriptions and invoices as they may be read from Stripe, also such as Tallymark would never make. */
final class StripeObjects {
    static final Instant PERIOD_START = Instant.parse("2026-11-01T00:00:00Z");
    static final Instant PERIOD_END = Instant.parse("2026-12-01T00:00:00Z");

    private StripeObjects() {}

    static StripeSubscription subscription(String id, String customer, StripeSubscriptionItem... items) {
        return new StripeSubscription(
                id,
                customer,
                "active",
                "flexible",
                "eur",
                PERIOD_START,
                PERIOD_START,
                null,
                null,
                Map.of(),
                "",
                PERIOD_START,
                List.of(items));
    }

    static StripeSubscription anchored(StripeSubscription before, String anchor) {
        return copy(before, before.status(), before.billingMode(), Instant.parse(anchor), before.endedAt());
    }

    static StripeSubscription classic(StripeSubscription before) {
        return copy(before, before.status(), "classic", before.anchor(), before.endedAt());
    }

    static StripeSubscription ended(StripeSubscription before, String at) {
        return copy(before, "canceled", before.billingMode(), before.anchor(), Instant.parse(at));
    }

    static StripeSubscription with(StripeSubscription before, StripeSubscriptionItem... items) {
        return new StripeSubscription(
                before.id(),
                before.customer(),
                before.status(),
                before.billingMode(),
                before.currency(),
                before.anchor(),
                before.startedAt(),
                before.cancelAt(),
                before.endedAt(),
                before.metadata(),
                before.scheduleId(),
                before.createdAt(),
                List.of(items));
    }

    static StripeSubscriptionItem fee(String id) {
        return item(id, "licensed", "", Map.of(), 1, PERIOD_START);
    }

    static StripeSubscriptionItem metered(String id, String meter) {
        return item(id, "metered", meter, Map.of(), 1, PERIOD_START);
    }

    static StripeSubscriptionItem metered(String id, String meter, int intervalCount) {
        return item(id, "metered", meter, Map.of(), intervalCount, PERIOD_START);
    }

    /** Of a price from before meters. */
    static StripeSubscriptionItem records(String id, String metric, String createdAt) {
        Map<String, String> metadata = metric.isEmpty() ? Map.of() : Map.of("tallymark_metric", metric);
        return item(id, "metered", "", metadata, 1, Instant.parse(createdAt));
    }

    static StripeInvoice invoice(String id, String customer, String status, int lines) {
        List<StripeInvoiceLine> all = new ArrayList<>();
        for (int line = 1; line <= lines; line++) {
            all.add(new StripeInvoiceLine(
                    "il_" + line,
                    "",
                    "",
                    "line " + line,
                    BigDecimal.ONE,
                    new BigDecimal(line),
                    false,
                    PERIOD_START,
                    PERIOD_END));
        }
        return new StripeInvoice(
                id,
                customer,
                "",
                status,
                "manual",
                "eur",
                BigDecimal.TEN,
                PERIOD_START,
                PERIOD_END,
                true,
                null,
                PERIOD_END,
                null,
                all);
    }

    private static StripeSubscriptionItem item(
            String id, String usageType, String meter, Map<String, String> metadata, int count, Instant createdAt) {
        return new StripeSubscriptionItem(
                id,
                "price_" + id,
                "",
                usageType,
                meter,
                metadata,
                "month",
                count,
                usageType.equals("licensed") ? 1L : null,
                PERIOD_START,
                PERIOD_END,
                createdAt);
    }

    private static StripeSubscription copy(
            StripeSubscription before, String status, String mode, Instant anchor, @Nullable Instant endedAt) {
        return new StripeSubscription(
                before.id(),
                before.customer(),
                status,
                mode,
                before.currency(),
                anchor,
                before.startedAt(),
                before.cancelAt(),
                endedAt,
                before.metadata(),
                before.scheduleId(),
                before.createdAt(),
                before.items());
    }
}
