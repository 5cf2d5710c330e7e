package io.tallymark.close;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.usage.PrintableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** What came of a close, for a person and for a program. */
public final class CloseText {
    private CloseText() {}

    /** Each invoice with its reasons, then what to do, then a verdict as the last line. */
    public static String print(List<Closed> results) {
        List<String> lines = new ArrayList<>();
        TreeSet<Reason.Kind> kinds = new TreeSet<>();
        for (Closed result : results) {
            lines.add(word(result) + " " + result.invoiceId() + " of "
                    + (result.customerId().isEmpty() ? "nobody" : PrintableText.of(result.customerId())) + ", "
                    + result.start() + " to " + result.end());
            for (Reason reason : result.reasons()) {
                lines.add("  " + PrintableText.of(reason.text()));
                if (reason.kind().isNoGo()) {
                    kinds.add(reason.kind());
                }
            }
        }
        kinds.forEach(kind -> lines.add("to mend " + kind.word() + ": " + kind.remedy()));
        long go = results.stream().filter(result -> result.decision().isGo()).count();
        long ready = results.stream()
                .filter(result -> result.decision() == Closed.Decision.READY)
                .count();
        lines.add("close: " + (go == results.size() ? "OK" : "NO-GO") + " invoices=" + results.size() + " closed="
                + (go - ready) + (ready == 0 ? "" : " ready=" + ready) + " held=" + (results.size() - go));
        return String.join("\n", lines);
    }

    /** The same as one object. */
    public static String json(List<Closed> results) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode invoices = json.putArray("invoices");
        for (Closed result : results) {
            ObjectNode invoice = invoices.addObject()
                    .put("invoice", result.invoiceId())
                    .put("customer", result.customerId())
                    .put("period_start", result.start().toString())
                    .put("period_end", result.end().toString())
                    .put("decision", word(result));
            ArrayNode reasons = invoice.putArray("reasons");
            for (Reason reason : result.reasons()) {
                reasons.addObject()
                        .put("reason", reason.kind().word())
                        .put("metric", reason.metric())
                        .put("detail", reason.detail());
            }
        }
        return json.toString();
    }

    private static String word(Closed result) {
        return result.decision().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
