package io.tallymark.customers;

import io.tallymark.config.Suggestion;
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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Adds the rows of a file to {@code billing_item}, in one transaction or not at all. A row with the customer, metric and beginning of a
 * stored one replaces it. At no instant may a customer's metric have two items.
 */
public final class ItemImport {
    private static final List<String> COLUMNS =
            List.of("customer_id", "metric", "subscription_item_id", "valid_from", "valid_to");
    private static final Pattern SUBSCRIPTION_ITEM = Pattern.compile("si_[A-Za-z0-9_]{1,250}");
    private static final String STORED =
            "SELECT customer_id, metric, subscription_item_id, valid_from, valid_to FROM billing_item";
    private static final String WRITE = """
            INSERT INTO billing_item (customer_id, metric, subscription_item_id, valid_from, valid_to) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (customer_id, metric, valid_from) DO UPDATE SET
                subscription_item_id = EXCLUDED.subscription_item_id, valid_to = EXCLUDED.valid_to
            """;

    private final DatabaseAccess database;
    private final Set<String> metrics;

    /** @param metrics of tallymark.yaml; a row with another one would map nothing */
    public ItemImport(DatabaseAccess database, Collection<String> metrics) {
        this.database = database;
        this.metrics = Set.copyOf(metrics);
    }

    /**
     * Compares the file with the table, and applies it if told to.
     *
     * @param apply whether to change anything; with problems nothing is changed
     * @throws io.tallymark.usage.UserError when the file cannot be read
     */
    public ItemPlan run(Path path, boolean apply) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            if (apply) {
                lock(connection);
            }
            ItemPlan plan = plan(path, stored(connection));
            if (apply && plan.problems().isEmpty()) {
                write(connection, plan.written());
                connection.commit();
            }
            return plan;
        }
    }

    private record Key(String customerId, String metric, Instant validFrom) {
        static Key of(Item item) {
            return new Key(item.customerId(), item.metric(), item.validFrom());
        }
    }

    private record Placed(Item item, long line) {}

    private ItemPlan plan(Path path, Map<Key, Item> stored) {
        CsvFile file = CsvFile.read(path, COLUMNS, List.of());
        List<Problem> problems = new ArrayList<>(file.problems());
        Map<Key, Placed> placed = new LinkedHashMap<>();
        stored.forEach((key, item) -> placed.put(key, new Placed(item, 0)));
        List<Item> written = new ArrayList<>();
        long unchanged = 0;
        for (CsvFile.Row row : file.rows()) {
            Optional<Item> read = item(row, problems);
            if (read.isEmpty()) {
                continue;
            }
            Item item = read.get();
            Placed before = placed.put(Key.of(item), new Placed(item, row.line()));
            if (before != null && before.line() > 0) {
                problems.add(
                        new Problem(row.line(), "the same customer, metric and valid_from as line " + before.line()));
            } else if (before != null && before.item().equals(item)) {
                unchanged++;
            } else {
                written.add(item);
            }
        }
        requireNoOverlap(placed, problems);
        return new ItemPlan(problems, written, unchanged);
    }

    private Optional<Item> item(CsvFile.Row row, List<Problem> problems) {
        int before = problems.size();
        for (String column : COLUMNS.subList(0, 2)) {
            if (row.value(column).isEmpty()) {
                problems.add(new Problem(row.line(), column + " is empty"));
            }
        }
        String metric = row.value("metric");
        if (!metric.isEmpty() && !metrics.contains(metric)) {
            problems.add(new Problem(
                    row.line(), "'" + metric + "' is no metric of tallymark.yaml" + Suggestion.hint(metric, metrics)));
        }
        String item = row.value("subscription_item_id");
        if (!SUBSCRIPTION_ITEM.matcher(item).matches()) {
            problems.add(
                    new Problem(row.line(), "'" + item + "' is no subscription item id such as si_NcLYdDxLHxlFo7"));
        }
        @Nullable Instant from = time(row, "valid_from", problems);
        @Nullable Instant to = row.value("valid_to").isEmpty() ? null : time(row, "valid_to", problems);
        if (from != null && to != null && !from.isBefore(to)) {
            problems.add(new Problem(row.line(), "valid_from is not before valid_to"));
        }
        return from == null || problems.size() > before
                ? Optional.empty()
                : Optional.of(new Item(row.value("customer_id"), metric, item, from, to));
    }

    private static @Nullable Instant time(CsvFile.Row row, String column, List<Problem> problems) {
        Optional<Instant> time = TimeText.parse(row.value(column));
        if (time.isEmpty()) {
            problems.add(new Problem(
                    row.line(),
                    column + " '" + row.value(column) + "' is no time such as 2026-03-01T13:00:00Z and no date"));
        }
        return time.orElse(null);
    }

    /** A customer's metric has one item at a time, and an item one customer and metric: two would overwrite each other's hours. */
    private static void requireNoOverlap(Map<Key, Placed> placed, List<Problem> problems) {
        requireNoOverlap(placed, item -> List.of(item.customerId(), item.metric()), problems);
        requireNoOverlap(placed, Item::subscriptionItemId, problems);
    }

    private static void requireNoOverlap(
            Map<Key, Placed> placed, Function<Item, Object> sharing, List<Problem> problems) {
        Map<Object, List<Placed>> groups = new LinkedHashMap<>();
        for (Placed one : placed.values()) {
            List<Placed> others = groups.computeIfAbsent(sharing.apply(one.item()), unseen -> new ArrayList<>());
            for (Placed other : others) {
                if (one.item().overlaps(other.item()) && one.line() + other.line() > 0) {
                    Problem problem = new Problem(
                            Math.max(one.line(), other.line()),
                            "overlaps " + (one.line() > other.line() ? other : one).item());
                    if (!problems.contains(problem)) {
                        problems.add(problem);
                    }
                }
            }
            others.add(one);
        }
    }

    private static void write(Connection connection, List<Item> items) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            for (Item item : items) {
                Instant end = item.validTo();
                statement.setString(1, item.customerId());
                statement.setString(2, item.metric());
                statement.setString(3, item.subscriptionItemId());
                statement.setObject(4, item.validFrom().atOffset(ZoneOffset.UTC));
                statement.setObject(5, end == null ? null : end.atOffset(ZoneOffset.UTC));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static Map<Key, Item> stored(Connection connection) throws SQLException {
        Map<Key, Item> stored = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(STORED)) {
            while (row.next()) {
                OffsetDateTime end = row.getObject(5, OffsetDateTime.class);
                Item item = new Item(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getObject(4, OffsetDateTime.class).toInstant(),
                        end == null ? null : end.toInstant());
                stored.put(Key.of(item), item);
            }
        }
        return stored;
    }

    private static void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE billing_item IN SHARE ROW EXCLUSIVE MODE");
        }
    }
}
