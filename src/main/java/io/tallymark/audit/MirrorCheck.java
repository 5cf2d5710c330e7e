package io.tallymark.audit;

import io.tallymark.billing.UnbilledEnd;
import io.tallymark.billing.UnbilledUsage;
import io.tallymark.database.Sql;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.PrintableText;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks for what would make an invoice differ from the usage: in the mirror of subscriptions, as it was last read. Makes no call to
 * Stripe, and changes nothing.
 */
public final class MirrorCheck {
    private static final Duration OLDEST = Duration.ofDays(1);
    private static final int MOST_OF_A_KIND = 20;
    private static final String NO_TABLE = "42P01";
    private static final String CONNECTION = "08";

    private static final String FORMER =
            " FROM billing_former_payer AS former JOIN billing_customer AS now USING (customer_id)"
                    + " WHERE former.stripe_customer_id = subscription.stripe_customer_id"
                    + " AND now.stripe_customer_id <> former.stripe_customer_id";

    private static final String LIVE = """
            FROM billing_subscription AS subscription
            JOIN billing_subscription_item AS item USING (subscription_id)
            LEFT JOIN billing_customer AS mapped USING (stripe_customer_id)
            LEFT JOIN reported_meter AS meter USING (metric)
            WHERE subscription.status NOT IN ('canceled', 'incomplete_expired') AND item.removed_at IS NULL
                AND item.usage_type = 'metered' AND item.metric IS NOT NULL
            """;

    private static final List<Rule> RULES = List.of(
            new Rule(
                    "SELECT DISTINCT subscription_id, customer_id, subscription.billing_anchor AS detail " + LIVE + """
                            AND subscription.billing_anchor <> date_trunc('hour', subscription.billing_anchor, 'UTC')
                            AND customer_id IS NOT NULL ORDER BY customer_id
                            """,
                    row -> row.getString("subscription_id") + " of " + row.getString("customer_id")
                            + " has the boundaries of its periods within an hour, as of "
                            + Sql.instant(row, "detail")
                            + ": usage of that hour may be billed with either period",
                    "let it end with its period and make it anew: ./tallymark subscription cancel --at period-end, then"
                            + " create"),
            new Rule(
                    "SELECT customer_id, metric, string_agg(subscription_item_id, ', ' ORDER BY subscription_item_id) AS detail "
                            + LIVE + """
                            AND customer_id IS NOT NULL GROUP BY customer_id, metric HAVING count(*) > 1
                            ORDER BY customer_id, metric
                            """,
                    row -> row.getString("customer_id") + " has several live items that bill " + row.getString("metric")
                            + ", and each bills all of it: " + row.getString("detail"),
                    "remove all but one in Stripe's dashboard, then ./tallymark stripe-sync"),
            new Rule(
                    "SELECT DISTINCT subscription_id, customer_id " + LIVE
                            + " AND subscription.billing_mode = 'classic' AND customer_id IS NOT NULL ORDER BY customer_id",
                    row -> row.getString("subscription_id") + " of " + row.getString("customer_id")
                            + " is in billing mode classic, which drops usage before a change of price",
                    "migrate it to billing mode flexible at Stripe, then ./tallymark stripe-sync"),
            new Rule(
                    "SELECT subscription_id, stripe_customer_id, string_agg(DISTINCT metric, ', ') AS detail " + LIVE
                            + " AND customer_id IS NULL AND NOT EXISTS (SELECT" + FORMER
                            + ") GROUP BY 1, 2 ORDER BY 2, 1",
                    row -> row.getString("subscription_id") + " bills " + row.getString("detail")
                            + ", but nobody is mapped to its customer " + row.getString("stripe_customer_id"),
                    "./tallymark customers import FILE.csv --apply"),
            new Rule(
                    "SELECT subscription_id, stripe_customer_id,"
                            + " (SELECT string_agg(former.customer_id, ', ')" + FORMER + ") AS detail " + LIVE
                            + " AND customer_id IS NULL AND EXISTS (SELECT" + FORMER + ") GROUP BY 1, 2 ORDER BY 2, 1",
                    row -> row.getString("subscription_id") + " still charges " + row.getString("stripe_customer_id")
                            + ", which does not pay for " + row.getString("detail") + " any more",
                    "end it in Stripe's dashboard, then ./tallymark stripe-sync"),
            new Rule(
                    "SELECT subscription_id, customer_id, metric, item.interval_count, item.recurring_interval " + LIVE
                            + """
                            AND item.interval_count > 1 AND customer_id IS NOT NULL
                            AND meter.mode IN ('period-total', 'usage-record', 'usage-record-set', 'usage-record-increment')
                            ORDER BY customer_id, metric
                            """,
                    row -> row.getString("subscription_id") + " of " + row.getString("customer_id")
                            + " is billed every "
                            + row.getInt("interval_count") + " " + row.getString("recurring_interval")
                            + "s, and the mode of " + row.getString("metric")
                            + " goes by periods, which billing_customer can only say in single ones",
                    "report the metric as hourly-total or delta, or sell it by a single interval"));

    private final DatabaseAccess database;

    public MirrorCheck(DatabaseAccess database) {
        this.database = database;
    }

    /**
     * What was found.
     *
     * @param syncedAt when the mirror was last filled; empty: never, then nothing else was looked at
     * @param problems each with its remedy
     */
    public record Findings(Optional<Instant> syncedAt, List<UserError> problems) {
        public Findings {
            problems = List.copyOf(problems);
        }
    }

    public Findings findings() {
        try (Connection connection = database.connect()) {
            Optional<Instant> syncedAt = syncedAt(connection);
            return new Findings(syncedAt, syncedAt.isPresent() ? problems(connection, syncedAt.get()) : List.of());
        } catch (SQLException e) {
            return new Findings(Optional.empty(), unreadable(e));
        } catch (UserError e) {
            return new Findings(Optional.empty(), List.of());
        }
    }

    private static Optional<Instant> syncedAt(Connection connection) throws SQLException {
        return Sql.query(
                        connection,
                        row -> Sql.instant(row, "synced_at"),
                        "SELECT synced_at FROM billing_mirror WHERE synced_at IS NOT NULL")
                .stream()
                .findFirst();
    }

    private static List<UserError> problems(Connection connection, Instant syncedAt) throws SQLException {
        List<UserError> problems = new ArrayList<>();
        Instant now = Sql.now(connection);
        if (syncedAt.plus(OLDEST).isBefore(now)) {
            problems.add(new UserError(
                    "the mirror of subscriptions is of " + syncedAt + ", "
                            + Duration.between(syncedAt, now).toHours() + " hours old",
                    "./tallymark stripe-sync, once a day or more often"));
        }
        for (Rule rule : RULES) {
            problems.addAll(rule.problems(connection));
        }
        problems.addAll(listed(
                UnbilledUsage.find(connection, null, null, null).stream()
                        .map(UnbilledUsage::text)
                        .toList(),
                UnbilledUsage.REMEDY));
        problems.addAll(unbilledEnds(connection, syncedAt));
        return problems;
    }

    /** One that ended since the last sync may have an invoice that the mirror does not know yet. */
    private static List<UserError> unbilledEnds(Connection connection, Instant syncedAt) throws SQLException {
        return listed(
                UnbilledEnd.find(connection, null).stream()
                        .filter(end -> end.endedAt().isBefore(syncedAt))
                        .map(UnbilledEnd::text)
                        .toList(),
                UnbilledEnd.REMEDY);
    }

    private static List<UserError> listed(List<String> found, String remedy) {
        List<UserError> problems = new ArrayList<>();
        found.stream()
                .limit(MOST_OF_A_KIND)
                .forEach(text -> problems.add(new UserError(PrintableText.of(text), remedy)));
        if (found.size() > MOST_OF_A_KIND) {
            problems.add(new UserError("and " + (found.size() - MOST_OF_A_KIND) + " more like the one before", remedy));
        }
        return problems;
    }

    /** A database that cannot be reached at all is a problem of another check. */
    private static List<UserError> unreadable(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith(CONNECTION)) {
            return List.of();
        }
        return List.of(
                state.equals(NO_TABLE)
                        ? new UserError(
                                "the database has no tables of subscriptions", "./tallymark migrate --config FILE", e)
                        : new UserError(
                                "the tables of subscriptions cannot be read: " + e.getMessage(),
                                "give postgres.user the right to read them",
                                e));
    }

    /** One kind of problem: a query whose rows are problems, and what to say of each. */
    private record Rule(String query, Sentence sentence, String remedy) {
        List<UserError> problems(Connection connection) throws SQLException {
            return listed(Sql.query(connection, sentence::of, query), remedy);
        }
    }

    @FunctionalInterface
    private interface Sentence {
        String of(ResultSet row) throws SQLException;
    }
}
