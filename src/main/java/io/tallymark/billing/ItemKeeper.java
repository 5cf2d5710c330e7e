package io.tallymark.billing;

import io.tallymark.database.Sql;
import io.tallymark.usage.BillingHour;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps {@code billing_item} with the legacy metered items that Stripe has for a customer. A row that is there is only ended, and only
 * when Stripe says that its item ended; what cannot be told is flagged and left alone.
 */
final class ItemKeeper {
    private static final String ITEMS = """
            SELECT item.subscription_item_id, item.metric, item.created_at, subscription.created_at AS subscription_created_at,
                subscription.started_at, coalesce(item.removed_at, subscription.ended_at) AS ended_at
            FROM billing_subscription AS subscription JOIN billing_subscription_item AS item USING (subscription_id)
            WHERE subscription.stripe_customer_id = ? AND item.usage_type = 'metered' AND item.meter_id IS NULL
            ORDER BY item.created_at, item.subscription_item_id
            """;
    private static final String ROWS = """
            SELECT metric, subscription_item_id, valid_from, valid_to FROM billing_item WHERE customer_id = ?
            ORDER BY valid_from
            """;
    private static final String ADD = """
            INSERT INTO billing_item (customer_id, metric, subscription_item_id, valid_from, valid_to) VALUES (?, ?, ?, ?, ?)
            """;
    private static final String END =
            "UPDATE billing_item SET valid_to = ? WHERE customer_id = ? AND metric = ? AND subscription_item_id = ? AND valid_to IS NULL";

    private final Connection connection;
    private final String customer;
    private final Notes notes;
    private final Map<String, List<Row>> rowsByMetric = new LinkedHashMap<>();

    private ItemKeeper(Connection connection, String customer, Notes notes) {
        this.connection = connection;
        this.customer = customer;
        this.notes = notes;
    }

    static void keep(Connection connection, MappedCustomers.Mapped customer, Notes notes) throws SQLException {
        List<Item> items = Sql.query(connection, ItemKeeper::item, ITEMS, customer.stripeId());
        if (items.isEmpty()) {
            return;
        }
        // The same lock as an import's: two writers could make two items of one metric overlap.
        Sql.update(connection, "LOCK TABLE billing_item IN SHARE ROW EXCLUSIVE MODE");
        new ItemKeeper(connection, customer.customerId(), notes).keep(items);
    }

    /** @param metric null: its price has no mark */
    private record Item(
            String id,
            @Nullable String metric,
            Instant from,
            @Nullable Instant to) {}

    private record Row(
            String metric,
            String item,
            Instant from,
            @Nullable Instant to) {
        boolean overlaps(Instant otherFrom, @Nullable Instant otherTo) {
            return (to == null || otherFrom.isBefore(to)) && (otherTo == null || from.isBefore(otherTo));
        }
    }

    private void keep(List<Item> items) throws SQLException {
        readRows();
        // Ends come first: the successor of an item that ended begins where its row ends.
        for (Item item : items) {
            if (item.to() != null) {
                end(item, item.to());
            }
        }
        readRows();
        for (Item item : items) {
            if (item.metric() == null) {
                flagUnmarked(item);
            } else if (rowOf(item.id()).isEmpty()) {
                add(item, item.metric());
            }
        }
    }

    private void readRows() throws SQLException {
        rowsByMetric.clear();
        Sql.query(
                        connection,
                        row -> new Row(
                                row.getString(1),
                                row.getString(2),
                                Sql.instant(row, "valid_from"),
                                Sql.instantOrNull(row, "valid_to")),
                        ROWS,
                        customer)
                .forEach(row -> rowsByMetric
                        .computeIfAbsent(row.metric(), metric -> new ArrayList<>())
                        .add(row));
    }

    private void end(Item item, Instant end) throws SQLException {
        Optional<Row> row = rowOf(item.id()).filter(known -> known.to() == null);
        if (row.isEmpty()) {
            return;
        }
        Sql.update(connection, END, end, customer, row.get().metric(), item.id());
        notes.changed(customer + " " + row.get().metric() + " -> " + item.id() + ": ended " + end + " at Stripe");
    }

    private void add(Item item, String metric) throws SQLException {
        List<Row> rows = rowsByMetric.computeIfAbsent(metric, key -> new ArrayList<>());
        Instant from = afterEnded(rows, BillingHour.containing(item.from()).start());
        Instant to = item.to();
        if (to != null && !from.isBefore(to)) {
            return;
        }
        Optional<Row> other =
                rows.stream().filter(row -> row.overlaps(from, to)).findFirst();
        if (other.isPresent()) {
            notes.flag(customer + " " + metric + ": Stripe has " + item.id() + ", and billing_item says "
                    + other.get().item() + " for the same time; it was left alone");
            return;
        }
        Sql.update(connection, ADD, customer, metric, item.id(), from, to);
        rows.add(new Row(metric, item.id(), from, to));
        notes.changed(
                customer + " " + metric + " -> " + item.id() + ", from " + from + (to == null ? "" : " to " + to));
    }

    /** The hour in which one item gave way to another belongs to the first. */
    private static Instant afterEnded(List<Row> rows, Instant from) {
        return rows.stream()
                .map(Row::to)
                .filter(Objects::nonNull)
                .filter(to ->
                        to.isAfter(from) && BillingHour.containing(to).start().equals(from))
                .map(to -> Instant.ofEpochMilli(BillingHour.containing(to).endMillis()))
                .findFirst()
                .orElse(from);
    }

    private void flagUnmarked(Item item) {
        if (item.to() == null && rowOf(item.id()).isEmpty()) {
            notes.flag(
                    customer + ": " + item.id() + " bills usage records, and its price does not say of which metric;"
                            + " ./tallymark catalog apply marks the prices of catalog.yaml, or import it by customers import-items");
        }
    }

    private Optional<Row> rowOf(String item) {
        return rowsByMetric.values().stream()
                .flatMap(List::stream)
                .filter(row -> row.item().equals(item))
                .findFirst();
    }

    /** An item that came with its subscription bills from the subscription's start, which may be before both were made. */
    private static Item item(ResultSet row) throws SQLException {
        Instant created = Sql.instant(row, "created_at");
        boolean original =
                !created.isAfter(Sql.instant(row, "subscription_created_at").plusSeconds(1));
        return new Item(
                row.getString("subscription_item_id"),
                row.getString("metric"),
                original ? Sql.instant(row, "started_at") : created,
                Sql.instantOrNull(row, "ended_at"));
    }
}
