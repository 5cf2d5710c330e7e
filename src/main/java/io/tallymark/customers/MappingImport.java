package io.tallymark.customers;

import io.tallymark.usage.DatabaseAccess;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Brings {@code billing_customer} up to a file, in one transaction or not at all. Customers that are not in the file stay as they are. */
public final class MappingImport {
    private static final String STORED =
            "SELECT customer_id, stripe_customer_id, billing_anchor, billing_interval FROM billing_customer";
    private static final String TOLD = """
            SELECT count(DISTINCT (metric, period_start)) FROM stripe_report
            WHERE customer_id = ? AND state IN ('accepted', 'confirmed', 'observed')
            """;
    private static final String LIVE = """
            SELECT subscription_id FROM billing_subscription
            WHERE stripe_customer_id = ? AND status NOT IN ('canceled', 'incomplete_expired') ORDER BY subscription_id
            """;
    // The database refuses these; said before anything is tried. See V7.
    private static final String TAKEN = """
            SELECT wanted.customer_id, held.customer_id AS holder
            FROM unnest(?::text[], ?::text[]) AS wanted (customer_id, stripe_customer_id)
            JOIN (SELECT customer_id, stripe_customer_id, false AS former FROM billing_customer
                  UNION ALL
                  SELECT customer_id, stripe_customer_id, true FROM former_mapping
                  WHERE apart_until > report_now()) AS held USING (stripe_customer_id)
            WHERE held.customer_id <> wanted.customer_id
                AND (held.former OR totals_apart(held.customer_id, stripe_customer_id) IS NOT NULL)
            """;
    private static final String INSERT = """
            INSERT INTO billing_customer (customer_id, stripe_customer_id, billing_anchor, billing_interval) VALUES (?, ?, ?, ?)
            """;

    private final DatabaseAccess database;

    public MappingImport(DatabaseAccess database) {
        this.database = database;
    }

    /**
     * Compares the file with the table, and applies it if told to.
     *
     * @param apply whether to change anything; with problems nothing is changed
     * @throws io.tallymark.usage.UserError when the file cannot be read
     */
    public MappingPlan run(Path path, boolean apply) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            if (apply) {
                lock(connection);
            }
            MappingPlan plan = plan(connection, path);
            if (apply && plan.problems().isEmpty()) {
                write(connection, plan);
                connection.commit();
            }
            return plan;
        }
    }

    private static MappingPlan plan(Connection connection, Path path) throws SQLException {
        Map<String, Mapping> stored = stored(connection);
        MappingFile file = MappingFile.read(path, stored);
        List<Mapping> added = new ArrayList<>();
        List<MappingPlan.Change> changed = new ArrayList<>();
        long unchanged = 0;
        for (MappingFile.Entry entry : file.entries()) {
            Mapping after = entry.mapping();
            Mapping before = stored.get(after.customerId());
            if (before == null) {
                added.add(after);
            } else if (before.equals(after)) {
                unchanged++;
            } else {
                changed.add(new MappingPlan.Change(
                        before,
                        after,
                        told(connection, after.customerId()),
                        before.stripeCustomerId().equals(after.stripeCustomerId())
                                ? List.of()
                                : live(connection, before.stripeCustomerId())));
            }
        }
        List<Problem> problems = new ArrayList<>(file.problems());
        problems.addAll(taken(connection, file.entries()));
        return new MappingPlan(problems, added, changed, unchanged);
    }

    /** Stripe customers under which Stripe was told totals of another subject. */
    private static List<Problem> taken(Connection connection, List<MappingFile.Entry> entries) throws SQLException {
        Map<String, MappingFile.Entry> byCustomer = new HashMap<>();
        entries.forEach(entry -> byCustomer.put(entry.mapping().customerId(), entry));
        List<Problem> problems = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TAKEN)) {
            statement.setArray(1, texts(connection, entries, Mapping::customerId));
            statement.setArray(2, texts(connection, entries, Mapping::stripeCustomerId));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    MappingFile.Entry entry = Objects.requireNonNull(byCustomer.get(row.getString(1)));
                    problems.add(new Problem(
                            entry.line(),
                            "Stripe was told totals of " + row.getString(2) + " under "
                                    + entry.mapping().stripeCustomerId() + ", and those of "
                                    + entry.mapping().customerId() + " would overwrite them; see former_mapping in"
                                    + " docs/reconciliation.md"));
                }
            }
        }
        return problems;
    }

    private static Array texts(Connection connection, List<MappingFile.Entry> entries, Function<Mapping, String> field)
            throws SQLException {
        return connection.createArrayOf(
                "text",
                entries.stream().map(entry -> field.apply(entry.mapping())).toArray());
    }

    /** Deletes first: two customers may have changed places. */
    private static void write(Connection connection, MappingPlan plan) throws SQLException {
        List<Mapping> mappings = new ArrayList<>(plan.added());
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM billing_customer WHERE customer_id = ?")) {
            for (MappingPlan.Change change : plan.changed()) {
                delete.setString(1, change.before().customerId());
                delete.addBatch();
                mappings.add(change.after());
            }
            delete.executeBatch();
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (Mapping mapping : mappings) {
                insert.setString(1, mapping.customerId());
                insert.setString(2, mapping.stripeCustomerId());
                insert.setObject(3, offset(mapping.anchor()));
                insert.setString(4, mapping.interval());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static Map<String, Mapping> stored(Connection connection) throws SQLException {
        Map<String, Mapping> stored = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(STORED)) {
            while (row.next()) {
                OffsetDateTime anchor = row.getObject(3, OffsetDateTime.class);
                stored.put(
                        row.getString(1),
                        new Mapping(
                                row.getString(1),
                                row.getString(2),
                                anchor == null ? null : anchor.toInstant(),
                                row.getString(4)));
            }
        }
        return stored;
    }

    private static long told(Connection connection, String customer) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TOLD)) {
            statement.setString(1, customer);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static List<String> live(Connection connection, String stripeCustomer) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LIVE)) {
            statement.setString(1, stripeCustomer);
            try (ResultSet row = statement.executeQuery()) {
                List<String> live = new ArrayList<>();
                while (row.next()) {
                    live.add(row.getString(1));
                }
                return live;
            }
        }
    }

    private static void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE billing_customer IN SHARE ROW EXCLUSIVE MODE");
        }
    }

    private static @Nullable OffsetDateTime offset(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
