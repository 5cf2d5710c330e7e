package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows the next invoice of a subscription, with the usage so far, as it is or with a change. Changes nothing. The caller locks it. */
final class InvoicePreview {
    private static final String DETAILS = "subscription_details";
    /** Whose lines can be listed. */
    private static final int MOST_KEPT = 1_000;

    private final BillingClock clock;
    private final SubscriptionChange.Billed billed;
    private final SubscriptionLife life;
    private final Map<String, Invoice> newest = new LinkedHashMap<>();

    InvoicePreview(BillingClock clock, SubscriptionChange.Billed billed, SubscriptionLife life) {
        this.clock = clock;
        this.billed = billed;
        this.life = life;
    }

    void addTo(Routes routes) {
        routes.add("POST", Invoices.PATH + "/create_preview", clock.locked((none, params) -> preview(params)));
    }

    /** The newest preview with an id. */
    Optional<Invoice> find(String id) {
        return Optional.ofNullable(newest.get(id));
    }

    private ApiReply preview(Params params) {
        params.allowOnly(List.of("customer", "subscription", DETAILS + "[*]"));
        params.allowOnlyWithin(
                DETAILS, List.of("items", "proration_behavior", "proration_date", "billing_cycle_anchor"));
        Subscription before = subscription(params);
        Subscription changed = changed(before, params);
        boolean invoicesNow = behavior(params).equals(Proration.INVOICE);
        SubscriptionLife.Preview preview = life.preview(changed, clock.now(), invoicesNow);
        Invoice invoice = new Invoice(
                "upcoming_in_" + before.id().replace("sub_", ""),
                preview.head(),
                preview.parts(),
                Invoice.Progress.draft(preview.head().created().plus(Invoice.GRACE)),
                Map.of(),
                before.texts().description());
        keep(invoice);
        return ApiReply.ok(InvoiceJson.of(invoice, billed.invoices().lines(invoice)));
    }

    private void keep(Invoice preview) {
        newest.remove(preview.id());
        newest.put(preview.id(), preview);
        if (newest.size() > MOST_KEPT) {
            newest.remove(newest.keySet().iterator().next());
        }
    }

    private Subscription subscription(Params params) {
        String id = params.required("subscription");
        Subscription subscription = billed.book()
                .find(id)
                .orElseThrow(() ->
                        Refusal.badRequest("resource_missing", "subscription", "No such subscription: '" + id + "'"));
        if (!Subscriptions.is(params, "customer", subscription.customer()) || !subscription.isAlive()) {
            throw Refusal.badRequest(
                    "invoice_upcoming_none",
                    "",
                    "No upcoming invoices for customer: "
                            + params.text("customer").orElse(subscription.customer()));
        }
        return subscription;
    }

    private Subscription changed(Subscription before, Params params) {
        boolean reset = params.oneOf(DETAILS + "[billing_cycle_anchor]", List.of("now", "unchanged"), "unchanged")
                .equals("now");
        List<ItemChange> changes = ItemChange.changed(params, DETAILS + "[items]");
        if (changes.isEmpty() && !reset) {
            return before;
        }
        return SubscriptionChange.apply(
                billed,
                before,
                changes,
                new SubscriptionChange.Terms(
                        clock.now(),
                        SubscriptionUpdate.prorationAt(params, DETAILS + "[proration_date]", before, clock.now()),
                        behavior(params),
                        false,
                        reset));
    }

    private static String behavior(Params params) {
        return SubscriptionUpdate.behavior(params, DETAILS + "[proration_behavior]");
    }
}
