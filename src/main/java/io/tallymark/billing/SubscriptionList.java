package io.tallymark.billing;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The live subscriptions of mapped customers, and those that ended lately, from the mirror. */
public final class SubscriptionList {
    private static final Duration LATELY = Duration.ofDays(40);

    private static final String QUERY = """
            SELECT mapped.customer_id, subscription.*,
                min(item.period_start) AS period_start, min(item.period_end) AS period_end,
                array_agg(coalesce(item.lookup_key, item.price_id) ORDER BY item.created_at, item.subscription_item_id)
                    FILTER (WHERE item.subscription_item_id IS NOT NULL) AS prices,
                (SELECT kind || coalesce(' to ' || change.plan, '') FROM billing_change AS change
                 WHERE change.subscription_id = subscription.subscription_id AND change.state IN ('asked', 'changed') LIMIT 1) AS unfinished
            FROM billing_customer AS mapped JOIN billing_subscription AS subscription USING (stripe_customer_id)
            LEFT JOIN billing_subscription_item AS item
                ON item.subscription_id = subscription.subscription_id AND item.removed_at IS NULL
            WHERE (mapped.customer_id = ? OR ?::text IS NULL)
                AND (subscription.ended_at IS NULL OR subscription.ended_at > ?)
            GROUP BY mapped.customer_id, subscription.subscription_id
            ORDER BY mapped.customer_id, subscription.created_at, subscription.subscription_id
            """;

    private final Database database;

    public SubscriptionList(Database database) {
        this.database = database;
    }

    /**
     * A subscription.
     *
     * @param plan of catalog.yaml; empty: not made by Tallymark
     * @param prices lookup keys of its items, or ids without one
     * @param periodStart inside; null without items
     * @param nextBoundary outside; null: it has ended
     * @param flags what is special about it
     */
    public record Row(
            String customerId,
            String subscriptionId,
            String plan,
            String status,
            @Nullable Instant periodStart,
            @Nullable Instant nextBoundary,
            List<String> prices,
            List<String> flags) {
        public Row {
            prices = List.copyOf(prices);
            flags = List.copyOf(flags);
        }
    }

    /** @param customerId null: of all mapped customers */
    public List<Row> read(@Nullable String customerId) throws SQLException {
        return database.inTransaction(connection -> Sql.query(
                connection,
                SubscriptionList::row,
                QUERY,
                customerId,
                customerId,
                Sql.now(connection).minus(LATELY)));
    }

    private static Row row(ResultSet row) throws SQLException {
        Instant ended = Sql.instantOrNull(row, "ended_at");
        Array prices = row.getArray("prices");
        String plan = row.getString("plan");
        return new Row(
                row.getString("customer_id"),
                row.getString("subscription_id"),
                plan == null ? "" : plan,
                row.getString("status"),
                Sql.instantOrNull(row, "period_start"),
                ended == null ? Sql.instantOrNull(row, "period_end") : null,
                prices == null ? List.of() : Arrays.asList((String[]) prices.getArray()),
                flags(row, ended));
    }

    private static List<String> flags(ResultSet row, @Nullable Instant ended) throws SQLException {
        List<String> flags = new ArrayList<>();
        Instant cancelAt = Sql.instantOrNull(row, "cancel_at");
        if (ended != null) {
            flags.add("ended " + ended);
        } else if (cancelAt != null) {
            flags.add("ends " + cancelAt);
        }
        if (row.getString("schedule_id") != null) {
            flags.add("under a schedule");
        }
        if (row.getString("billing_mode").equals("classic")) {
            flags.add("classic");
        }
        if (Sql.instant(row, "billing_anchor").getEpochSecond()
                        % Duration.ofHours(1).toSeconds()
                != 0) {
            flags.add("boundary within an hour");
        }
        String unfinished = row.getString("unfinished");
        if (unfinished != null) {
            flags.add("unfinished: " + unfinished);
        }
        return flags;
    }
}
