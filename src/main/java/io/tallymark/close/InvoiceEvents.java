package io.tallymark.close;

import io.tallymark.billing.Mirror;
import io.tallymark.config.CloseSettings;
import io.tallymark.usage.UserError;
import io.tallymark.webhook.Answer;
import io.tallymark.webhook.MeterErrorNotice;
import io.tallymark.webhook.WebhookEvent;
import io.tallymark.webhook.WebhookHandler;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is done when Stripe says that something happened to an invoice or a subscription. An event says only where to look: the object is
 * read from Stripe again, so that neither order nor repeats do harm.
 */
public final class InvoiceEvents {
    private static final List<String> INVOICES = List.of(
            "invoice.updated",
            "invoice.finalized",
            "invoice.paid",
            "invoice.payment_failed",
            "invoice.voided",
            "invoice.marked_uncollectible",
            "invoice.deleted");
    private static final List<String> SUBSCRIPTIONS =
            List.of("customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted");

    private final Closing closing;
    private final Mirror mirror;
    private final CloseSettings settings;

    private InvoiceEvents(Closing closing, Mirror mirror, CloseSettings settings) {
        this.closing = closing;
        this.mirror = mirror;
        this.settings = settings;
    }

    /** The handlers by type of event. */
    public static Map<String, WebhookHandler> handlers(Closing closing, Mirror mirror, CloseSettings settings) {
        InvoiceEvents events = new InvoiceEvents(closing, mirror, settings);
        Map<String, WebhookHandler> handlers = new HashMap<>(MeterErrorNotice.byType());
        handlers.put("invoice.created", events::created);
        INVOICES.forEach(type -> handlers.put(type, events::refreshInvoice));
        SUBSCRIPTIONS.forEach(type -> handlers.put(type, events::refreshSubscription));
        return handlers;
    }

    /** Go or no-go. With {@code hold: respond} a no-go is answered so that Stripe waits; else the draft is held by itself, or not at all. */
    private Answer created(WebhookEvent event) throws SQLException {
        try {
            if (mirror.refreshInvoice(event.objectId()).isEmpty()) {
                // A draft that was deleted meanwhile.
                return Answer.accepted();
            }
            Closed result = closing.close(event.objectId());
            boolean waits = settings.hold() == CloseSettings.Hold.RESPOND && result.decision() == Closed.Decision.HELD;
            return waits
                    ? Answer.held(result.reasons().stream().map(Reason::text).toList())
                    : Answer.accepted();
        } catch (UserError e) {
            return Answer.failed(String.valueOf(e.getMessage()));
        }
    }

    private Answer refreshInvoice(WebhookEvent event) throws SQLException {
        try {
            mirror.refreshInvoice(event.objectId());
            return Answer.accepted();
        } catch (UserError e) {
            return Answer.failed(String.valueOf(e.getMessage()));
        }
    }

    private Answer refreshSubscription(WebhookEvent event) throws SQLException {
        try {
            mirror.refreshSubscription(event.objectId());
            return Answer.accepted();
        } catch (UserError e) {
            return Answer.failed(String.valueOf(e.getMessage()));
        }
    }
}
