package io.tallymark.billing;

import io.tallymark.database.Sql;
import io.tallymark.usage.BillingPeriod;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the billing periods of {@code billing_customer}, by which period totals and usage records are told, equal to those of the
 * customer's live subscription with metered items. Where that is not one clear rhythm, they stay as they are.
 */
final class AnchorKeeper {
    private static final String LIVE = """
            SELECT subscription.subscription_id, subscription.billing_anchor, item.recurring_interval, item.interval_count
            FROM billing_subscription AS subscription JOIN billing_subscription_item AS item USING (subscription_id)
            WHERE subscription.stripe_customer_id = ? AND subscription.status NOT IN ('canceled', 'incomplete_expired')
                AND item.removed_at IS NULL AND item.metric IS NOT NULL
            ORDER BY subscription.created_at, subscription.subscription_id, item.created_at, item.subscription_item_id
            """;
    private static final String KEPT =
            "SELECT billing_anchor, billing_interval FROM billing_customer WHERE customer_id = ? FOR UPDATE";
    private static final String SET =
            "UPDATE billing_customer SET billing_anchor = ?, billing_interval = ? WHERE customer_id = ?";

    private AnchorKeeper() {}

    private record Rhythm(String subscription, Instant anchor, String interval, int count) {
        BillingPeriod at(Instant now) {
            return BillingPeriod.containing(now, anchor, BillingPeriod.Interval.fromSql(interval));
        }
    }

    private record Kept(@Nullable Instant anchor, String interval) {
        String inWords() {
            Instant from = anchor;
            return (from == null ? "calendar" : "from " + from) + " by " + interval;
        }
    }

    static void keep(Connection connection, MappedCustomers.Mapped customer, Notes notes) throws SQLException {
        List<Rhythm> rhythms = Sql.query(
                connection,
                row -> new Rhythm(
                        row.getString(1), Sql.instant(row, "billing_anchor"), row.getString(3), row.getInt(4)),
                LIVE,
                customer.stripeId());
        if (rhythms.isEmpty() || !isClear(connection, customer, rhythms, notes)) {
            return;
        }
        Rhythm rhythm = rhythms.get(0);
        Kept before = Sql.first(
                        connection,
                        row -> new Kept(Sql.instantOrNull(row, "billing_anchor"), row.getString(2)),
                        KEPT,
                        customer.customerId())
                .orElseThrow();
        Kept after = new Kept(rhythm.anchor(), rhythm.interval());
        if (!before.equals(after)) {
            Sql.update(connection, SET, after.anchor(), after.interval(), customer.customerId());
            notes.changed(customer.customerId() + ": billing periods " + after.inWords() + ", as "
                    + rhythm.subscription() + " has them; were " + before.inWords());
        }
    }

    private static boolean isClear(
            Connection connection, MappedCustomers.Mapped customer, List<Rhythm> rhythms, Notes notes)
            throws SQLException {
        List<Rhythm> longer =
                rhythms.stream().filter(rhythm -> rhythm.count() != 1).toList();
        if (!longer.isEmpty()) {
            notes.flag(customer.customerId() + ": " + longer.get(0).subscription() + " is billed every "
                    + longer.get(0).count() + " " + longer.get(0).interval()
                    + "s, which billing_customer cannot say; its billing periods stay as they are");
            return false;
        }
        Instant now = Sql.now(connection);
        if (rhythms.stream().map(rhythm -> rhythm.at(now)).distinct().count() > 1) {
            notes.flag(customer.customerId() + ": "
                    + String.join(
                            " and ",
                            rhythms.stream()
                                    .map(Rhythm::subscription)
                                    .distinct()
                                    .toList())
                    + " have metered items with different billing periods; those of billing_customer stay as they are");
            return false;
        }
        return true;
    }
}
