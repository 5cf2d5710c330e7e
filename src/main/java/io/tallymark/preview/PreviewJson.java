package io.tallymark.preview;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The invoice to be, as one JSON object. Quantities and amounts are decimals in texts; amounts are in the minor unit. */
public final class PreviewJson {
    private PreviewJson() {}

    /** One line. */
    public static String print(Preview preview) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("customer", preview.customerId())
                .put("subscription", preview.subscriptionId())
                .put("period_start", preview.periodStart().toString())
                .put("period_end", preview.periodEnd().toString())
                .put("currency", preview.currency())
                .put("equal", preview.agrees())
                .put("total", PreviewText.plain(preview.ours()))
                .put("stripe_total", PreviewText.plain(preview.theirs()))
                .put("stripe_total_invoiced", PreviewText.plain(preview.invoiced()));
        writeLines(json.putArray("lines"), preview.lines());
        writePrices(json.putArray("prices"), preview.comparisons());
        ArrayNode untold = json.putArray("not_told_yet");
        preview.untold()
                .forEach(metric -> untold.addObject()
                        .put("metric", metric.metric())
                        .put("due", PreviewText.plain(metric.due()))
                        .put("early_results", PreviewText.plain(metric.early()))
                        .put("unconfirmed_reports", metric.unconfirmed())
                        .put("refused_reports", metric.refused()));
        ArrayNode unbilled = json.putArray("not_billed");
        preview.unbilled()
                .forEach(metric -> unbilled.addObject()
                        .put("metric", metric.metric())
                        .put("quantity", PreviewText.plain(metric.quantity()))
                        .put("hours", metric.hours())
                        .put("from", metric.first().toString())
                        .put("to", metric.last().toString()));
        return json.toString();
    }

    private static void writeLines(ArrayNode array, List<OwnLine> lines) {
        lines.forEach(line -> array.addObject()
                .put("price", line.price())
                .put("for", line.part().word())
                .put("tier", line.tier())
                .put("flat_fee", line.flatFee())
                .put("quantity", PreviewText.plain(line.quantity()))
                .put("unit_amount", PreviewText.plain(line.unitAmount()))
                .put("amount", PreviewText.plain(line.amount()))
                .put("from", line.from().toString())
                .put("to", line.to().toString()));
    }

    private static void writePrices(ArrayNode array, List<Comparison> comparisons) {
        for (Comparison comparison : comparisons) {
            Figures ours = comparison.ours();
            ObjectNode price = array.addObject()
                    .put("price", comparison.price())
                    .put("for", comparison.part().word());
            price.put("equal", comparison.agrees());
            price.put("quantity", ours == null ? null : PreviewText.plain(ours.quantity()));
            price.put("stripe_quantity", PreviewText.plain(comparison.theirs().quantity()));
            price.put("amount", ours == null ? null : PreviewText.plain(ours.amount()));
            price.put("stripe_amount", PreviewText.plain(comparison.theirs().amount()));
            price.put(
                    "difference",
                    comparison.difference().map(PreviewText::plain).orElse(null));
            ArrayNode reasons = price.putArray("reasons");
            comparison.reasons().forEach(reasons::add);
        }
    }
}
