package io.tallymark.billing;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was asked to be done to subscriptions, and how far it is. A customer has at most one open row. */
final class ChangeTable {
    private static final String COLUMNS =
            "change_id, customer_id, subscription_id, kind, coalesce(plan, '') AS plan, metrics, added, ends_at, state, changed_at, asked_at";
    private static final String OPEN =
            "SELECT " + COLUMNS + " FROM billing_change WHERE customer_id = ? AND state IN ('asked', 'changed')";
    private static final String ASK = """
            INSERT INTO billing_change (customer_id, subscription_id, kind, plan, metrics, added, ends_at, state)
            VALUES (?, ?, ?, nullif(?, ''), ?, ?, ?, 'asked') RETURNING
            """ + COLUMNS;

    private static final String LAST_CHANGE = """
            SELECT max(changed_at) AS last FROM billing_change
            WHERE subscription_id = ? AND change_id < ? AND ? = ANY (metrics) AND changed_at < ?
                AND kind IN ('change now', 'change at hour end')
            """;

    private final Database database;

    ChangeTable(Database database) {
        this.database = database;
    }

    /** What can be asked for. */
    enum Kind {
        CHANGE_NOW,
        CHANGE_AT_HOUR_END,
        CHANGE_AT_PERIOD_END,
        CANCEL_AT_HOUR_END,
        CANCEL_NOW;

        String sqlName() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        static Kind fromSql(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT).replace(' ', '_'));
        }
    }

    /**
     * A row.
     *
     * @param plan empty for a cancellation
     * @param metrics whose hours are sealed by it
     * @param added those of them that it begins to bill: only the running hour is sealed
     * @param endsAt of a change or a cancellation at an hour's end: that end
     * @param changedAt when it took effect; null: not that we know
     */
    record Change(
            long id,
            String customerId,
            String subscriptionId,
            Kind kind,
            String plan,
            Set<String> metrics,
            Set<String> added,
            @Nullable Instant endsAt,
            @Nullable Instant changedAt,
            Instant askedAt) {
        Change {
            metrics = Set.copyOf(metrics);
            added = Set.copyOf(added);
        }

        /** Those that were billed before. */
        Set<String> billedBefore() {
            Set<String> before = new TreeSet<>(metrics);
            before.removeAll(added);
            return before;
        }

        boolean isThe(Kind otherKind, String otherPlan, String otherSubscription) {
            return kind == otherKind && plan.equals(otherPlan) && subscriptionId.equals(otherSubscription);
        }

        String inWords() {
            return kind.sqlName() + (plan.isEmpty() ? "" : " to " + plan) + " of " + subscriptionId + ", asked "
                    + askedAt;
        }
    }

    Optional<Change> open(String customerId) throws SQLException {
        return database.inTransaction(connection -> Sql.first(connection, ChangeTable::change, OPEN, customerId));
    }

    Change ask(
            Kind kind,
            String customerId,
            String subscriptionId,
            String plan,
            Set<String> metrics,
            Set<String> added,
            @Nullable Instant endsAt)
            throws SQLException {
        return database.inTransaction(connection -> Sql.first(
                        connection,
                        ChangeTable::change,
                        ASK,
                        customerId,
                        subscriptionId,
                        kind.sqlName(),
                        plan,
                        texts(connection, metrics),
                        texts(connection, added),
                        endsAt)
                .orElseThrow());
    }

    /** Stripe has done it. */
    void changed(Change change, Instant at) throws SQLException {
        update("UPDATE billing_change SET state = 'changed', changed_at = ? WHERE change_id = ?", at, change.id());
    }

    void done(Change change) throws SQLException {
        update("UPDATE billing_change SET state = 'done', done_at = report_now() WHERE change_id = ?", change.id());
    }

    /** Its subscription has ended, so that nothing is left to be done. */
    void overtaken(Change change) throws SQLException {
        update(
                "UPDATE billing_change SET state = 'overtaken', done_at = report_now() WHERE change_id = ?",
                change.id());
    }

    /** It was never done, and something else is asked for. */
    void forget(Change change) throws SQLException {
        update("DELETE FROM billing_change WHERE change_id = ? AND state = 'asked'", change.id());
    }

    /** When the price of a metric changed last within the subscription, before a change; empty: it did not, by any command of ours. */
    Optional<Instant> lastChange(Change change, String metric, Instant at) throws SQLException {
        return database.inTransaction(connection -> Sql.query(
                        connection,
                        row -> Optional.ofNullable(Sql.instantOrNull(row, "last")),
                        LAST_CHANGE,
                        change.subscriptionId(),
                        change.id(),
                        metric,
                        at)
                .get(0));
    }

    private void update(String sql, Object... arguments) throws SQLException {
        database.inTransaction(connection -> Sql.update(connection, sql, arguments));
    }

    private static Change change(ResultSet row) throws SQLException {
        return new Change(
                row.getLong("change_id"),
                row.getString("customer_id"),
                row.getString("subscription_id"),
                Kind.fromSql(row.getString("kind")),
                row.getString("plan"),
                new TreeSet<>(Arrays.asList((String[]) row.getArray("metrics").getArray())),
                new TreeSet<>(Arrays.asList((String[]) row.getArray("added").getArray())),
                Sql.instantOrNull(row, "ends_at"),
                Sql.instantOrNull(row, "changed_at"),
                Sql.instant(row, "asked_at"));
    }

    private static Array texts(Connection connection, Set<String> metrics) throws SQLException {
        return connection.createArrayOf("text", new TreeSet<>(metrics).toArray(String[]::new));
    }
}
