package io.tallymark.simulator.billing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.Metadata;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Invoices and their lines as the API shows them. */
final class InvoiceJson {
    private static final int EMBEDDED_LINES = 10;

    private InvoiceJson() {}

    static ObjectNode of(Invoice invoice, List<BilledLine> lines) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        Invoice.Head head = invoice.head();
        Invoice.Progress progress = invoice.progress();
        json.put("id", invoice.id()).put("object", "invoice");
        writeAmounts(json, InvoiceBook.total(lines), progress);
        json.put("attempt_count", progress.paidAt() == null ? 0 : 1).put("attempted", progress.paidAt() != null);
        json.put("auto_advance", progress.autoAdvance());
        json.put("automatically_finalizes_at", SubscriptionJson.seconds(progress.finalizesAt()));
        json.put("billing_reason", head.reason());
        json.put("collection_method", head.texts().collectionMethod());
        json.put("created", head.created().getEpochSecond()).put("currency", head.currency());
        json.put("customer", head.customer()).put("description", SubscriptionJson.orNull(invoice.description()));
        json.putArray("discounts");
        json.put("due_date", dueDate(head, progress));
        json.put("effective_at", SubscriptionJson.seconds(progress.finalizedAt()));
        writeLines(json, invoice, lines);
        json.put("livemode", false);
        Metadata.write(json, invoice.metadata());
        json.put("number", SubscriptionJson.orNull(progress.number()));
        writeParent(json, head);
        json.put("period_end", head.periodEnd().getEpochSecond());
        json.put("period_start", head.periodStart().getEpochSecond());
        json.put("status", progress.status());
        json.putObject("status_transitions")
                .put("finalized_at", SubscriptionJson.seconds(progress.finalizedAt()))
                .putNull("marked_uncollectible_at")
                .put("paid_at", SubscriptionJson.seconds(progress.paidAt()))
                .put("voided_at", SubscriptionJson.seconds(progress.voidedAt()));
        json.putNull("test_clock").putArray("total_taxes");
        return json.putNull("webhooks_delivered_at");
    }

    /** The lines as objects of their own, all of them. */
    static List<ObjectNode> lines(Invoice invoice, List<BilledLine> lines) {
        List<ObjectNode> objects = new ArrayList<>();
        for (BilledLine line : lines) {
            String id = "il_" + invoice.id().replaceFirst("^.*in_", "") + String.format("%03d", objects.size() + 1);
            objects.add(line(id, invoice, line));
        }
        return objects;
    }

    /** A total below zero is nothing due: at Stripe it goes to the customer's balance. */
    private static void writeAmounts(ObjectNode json, BigInteger total, Invoice.Progress progress) {
        BigInteger due = total.max(BigInteger.ZERO);
        boolean paid = progress.paidAt() != null;
        json.put("amount_due", due).put("amount_paid", paid ? due : BigInteger.ZERO);
        json.put("amount_remaining", paid ? BigInteger.ZERO : due);
        json.put("subtotal", total).put("total", total).put("total_excluding_tax", total);
    }

    private static @Nullable Long dueDate(Invoice.Head head, Invoice.Progress progress) {
        Instant finalized = progress.finalizedAt();
        return head.texts().chargesAutomatically() || finalized == null
                ? null
                : (Long) finalized
                        .plus(Duration.ofDays(head.texts().daysUntilDue()))
                        .getEpochSecond();
    }

    private static void writeParent(ObjectNode json, Invoice.Head head) {
        ObjectNode parent = json.putObject("parent").putNull("quote_details");
        ObjectNode details = parent.putObject("subscription_details");
        Metadata.write(details, head.texts().metadata());
        details.put("subscription", head.subscription());
        parent.put("type", "subscription_details");
    }

    private static void writeLines(ObjectNode json, Invoice invoice, List<BilledLine> lines) {
        ObjectNode list = json.putObject("lines").put("object", "list");
        ArrayNode data = list.putArray("data");
        lines(invoice, lines).stream().limit(EMBEDDED_LINES).forEach(data::add);
        list.put("has_more", lines.size() > EMBEDDED_LINES).put("total_count", lines.size());
        list.put("url", "/v1/invoices/" + invoice.id() + "/lines");
    }

    private static ObjectNode line(String id, Invoice invoice, BilledLine line) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id).put("object", "line_item").put("amount", line.amount());
        json.put("currency", invoice.head().currency()).put("description", line.description());
        json.putArray("discount_amounts");
        json.put("discountable", !line.proration()).putArray("discounts");
        json.put("invoice", invoice.id()).put("livemode", false);
        Metadata.write(json, invoice.head().texts().metadata());
        writeParent(json, line);
        json.putObject("period")
                .put("end", line.end().getEpochSecond())
                .put("start", line.start().getEpochSecond());
        writePricing(json, line);
        json.put("quantity", line.quantity().setScale(0, RoundingMode.DOWN).toBigInteger());
        json.put("quantity_decimal", text(line.quantity()));
        json.put("subscription", line.subscription())
                .put("subtotal", line.amount())
                .putArray("taxes");
        return json;
    }

    private static void writeParent(ObjectNode json, BilledLine line) {
        ObjectNode parent = json.putObject("parent").putNull("invoice_item_details");
        ObjectNode details = parent.putObject("subscription_item_details");
        details.put("invoice_item", SubscriptionJson.orNull(line.invoiceItem())).put("proration", line.proration());
        if (line.proration()) {
            details.putObject("proration_details").putNull("credited_items");
        } else {
            details.putNull("proration_details");
        }
        details.put("subscription", line.subscription()).put("subscription_item", line.item());
        parent.put("type", "subscription_item_details");
    }

    private static void writePricing(ObjectNode json, BilledLine line) {
        BigDecimal unitAmount = line.price().terms().unitAmount();
        ObjectNode pricing = json.putObject("pricing");
        pricing.putObject("price_details")
                .put("price", line.price().id())
                .put("product", line.price().terms().product());
        pricing.put("type", "price_details");
        pricing.put("unit_amount_decimal", unitAmount == null ? null : text(unitAmount));
    }

    private static String text(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
