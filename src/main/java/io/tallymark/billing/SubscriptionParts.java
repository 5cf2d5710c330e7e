package io.tallymark.billing;

import io.tallymark.catalog.Catalog;
import io.tallymark.database.Database;
import io.tallymark.stripe.StripeBilling;
import java.util.function.Consumer;

/**
 * What changes of subscriptions work with.
 *
 * @param say told what is done and waited for, a line each
 */
public record SubscriptionParts(
        Database database,
        StripeBilling stripe,
        Mirror mirror,
        Catalog catalog,
        UsageGate gate,
        Pause pause,
        Consumer<String> say) {
    ChangeTable changes() {
        return new ChangeTable(database);
    }

    UntoldUsage untoldUsage() {
        return new UntoldUsage(database);
    }

    QuietMoment quietMoment() {
        return new QuietMoment(gate, mirror, pause);
    }
}
