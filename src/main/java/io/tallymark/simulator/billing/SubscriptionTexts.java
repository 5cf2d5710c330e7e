package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Metadata;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import java.util.List;
import java.util.Map;

/** Reads what a call says about a subscription itself and about how it is paid. */
final class SubscriptionTexts {
    static final Subscription.Texts NONE = new Subscription.Texts(Map.of(), "", Subscription.Texts.AUTOMATIC, 0);

    private SubscriptionTexts() {}

    static Subscription.Texts read(Params params, Subscription.Texts before) {
        String method = params.oneOf(
                "collection_method",
                List.of(Subscription.Texts.AUTOMATIC, Subscription.Texts.SENT),
                before.collectionMethod());
        return new Subscription.Texts(
                params.isUnset("metadata") ? Map.of() : Metadata.merged(before.metadata(), params),
                params.isUnset("description")
                        ? ""
                        : params.text("description", 500).orElse(before.description()),
                method,
                daysUntilDue(params, method, before.daysUntilDue()));
    }

    private static long daysUntilDue(Params params, String method, long before) {
        long days = params.integer("days_until_due").orElse(-1L);
        if (method.equals(Subscription.Texts.AUTOMATIC)) {
            if (days >= 0) {
                throw Refusal.badRequest(
                        "",
                        "days_until_due",
                        "You can only pass `days_until_due` if `collection_method` is `send_invoice`.");
            }
            return 0;
        }
        if (days < 0 && before == 0) {
            throw Refusal.badRequest(
                    "", "days_until_due", "If `collection_method` is `send_invoice`, you must pass `days_until_due`.");
        }
        return days < 0 ? before : days;
    }
}
