package io.tallymark.stripe;

import static io.tallymark.stripe.SubscriptionJson.id;
import static io.tallymark.stripe.SubscriptionJson.instant;
import static io.tallymark.stripe.SubscriptionJson.instantOrNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;

/** Reads invoices and their lines. */
final class InvoiceJson {
    private InvoiceJson() {}

    /** @param lines all of them; the object itself holds only the first ones */
    static StripeInvoice read(JsonNode json, List<StripeInvoiceLine> lines) {
        return new StripeInvoice(
                json.path("id").asText(),
                id(json.path("customer")),
                id(json.path("parent").path("subscription_details").path("subscription")),
                json.path("status").asText("draft"),
                json.path("billing_reason").asText("manual"),
                json.path("currency").asText(),
                json.path("total").decimalValue(),
                instant(json.path("period_start")),
                instant(json.path("period_end")),
                json.path("auto_advance").asBoolean(),
                instantOrNull(json.path("automatically_finalizes_at")),
                instant(json.path("created")),
                instantOrNull(json.path("status_transitions").path("finalized_at")),
                lines);
    }

    static StripeInvoiceLine line(JsonNode json) {
        JsonNode ofItem = json.path("parent").path("subscription_item_details");
        JsonNode ofInvoiceItem = json.path("parent").path("invoice_item_details");
        return new StripeInvoiceLine(
                json.path("id").asText(),
                ofItem.path("subscription_item").asText(""),
                id(json.path("pricing").path("price_details").path("price")),
                json.path("description").asText(""),
                quantity(json),
                json.path("amount").decimalValue(),
                ofItem.path("proration").asBoolean()
                        || ofInvoiceItem.path("proration").asBoolean(),
                instant(json.path("period").path("start")),
                instant(json.path("period").path("end")));
    }

    /** The decimal one is exact; the other one is rounded, and null where there is none. */
    private static BigDecimal quantity(JsonNode json) {
        String decimal = json.path("quantity_decimal").asText("");
        return decimal.isEmpty() ? json.path("quantity").decimalValue() : new BigDecimal(decimal);
    }
}
