package io.tallymark.customers;

import io.tallymark.usage.DatabaseAccess;
import java.nio.file.Path;
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
import org.jspecify.annotations.Nullable;

/** Brings {@code billing_customer} up to a file, in one transaction or not at all. Customers that are not in the file stay as they are. */
public final class MappingImport {
    private static final String STORED =
            "SELECT customer_id, stripe_customer_id, billing_anchor, billing_interval FROM billing_customer";
    private static final String TOLD = """
            SELECT count(DISTINCT (metric, period_start)) FROM stripe_report
            WHERE customer_id = ? AND state IN ('accepted', 'confirmed', 'observed')
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
                changed.add(new MappingPlan.Change(before, after, told(connection, after.customerId())));
            }
        }
        return new MappingPlan(file.problems(), added, changed, unchanged);
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

    private static void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE billing_customer IN SHARE ROW EXCLUSIVE MODE");
        }
    }

    private static @Nullable OffsetDateTime offset(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
