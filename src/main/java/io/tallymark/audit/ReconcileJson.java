package io.tallymark.audit;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.reconcile.Finding;
import io.tallymark.reconcile.Reconciled;
import org.jspecify.annotations.Nullable;

/** A reconciliation as one JSON object: names as in the tables, times in ISO 8601, quantities as text so that no digit is lost. */
public final class ReconcileJson {
    private static final JsonMapper JSON = new JsonMapper();

    private ReconcileJson() {}

    public static String print(Reconciled result) {
        ObjectNode json = JSON.createObjectNode()
                .put("in_order", result.isInOrder())
                .put("from", result.from().toString())
                .put("to", result.to().toString())
                .put("windows", result.windows())
                .put("confirmed", result.confirmed())
                .put("repaired", result.repaired());
        ObjectNode accounts = json.putObject("accounts");
        result.accounts().forEach((account, balance) -> accounts.put(account, balance.toPlainString()));
        json.put("balanced", result.isBalanced());
        ObjectNode kinds = json.putObject("kinds");
        result.kinds().forEach((kind, count) -> kinds.put(kind.word(), count));
        ArrayNode lines = json.putArray("not_in_order");
        result.lines().forEach(line -> lines.add(line(line.finding(), line.repair())));
        json.put("unlisted", result.unlisted());
        return json.toString();
    }

    private static ObjectNode line(Finding finding, @Nullable String repair) {
        ObjectNode json = JSON.createObjectNode()
                .put("kind", finding.kind().word())
                .put("metric", finding.metric())
                .put("customer_id", finding.customerId())
                .put("mode", finding.mode())
                .put("event_name", finding.target())
                .put("stripe_customer_id", finding.stripeCustomerId())
                .put("window_start", finding.start().toString())
                .put("window_end", finding.end().toString())
                .put("table_total", finding.table().toPlainString())
                .put("told", finding.told().toPlainString())
                .put("held", finding.held().map(held -> held.toPlainString()).orElse(null))
                .put("detail", finding.detail())
                .put("remedy", finding.kind().remedy());
        return repair == null ? json : json.put("repair", repair);
    }
}
