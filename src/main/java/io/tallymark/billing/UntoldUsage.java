package io.tallymark.billing;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.reconcile.Kind;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What Stripe was told of a customer in vain: hours that it refused for good, reports of unknown fate, and windows in which its summaries
 * differ. No waiting mends them, and a bill that is drawn over one of them lacks its units; so nothing is settled while there is one.
 */
final class UntoldUsage {
    private static final int MOST_NAMED = 10;

    private static final String REJECTED = """
            SELECT 'rejected' AS kind, metric, period_start, coalesce(error, '') AS detail FROM refused_report
            WHERE customer_id = ? AND metric = ANY (?) AND period_start >= ? AND period_start < ?
            """;

    private static final String AMBIGUOUS = """
            SELECT state AS kind, metric, period_start, identifier AS detail FROM stripe_report
            WHERE customer_id = ? AND metric = ANY (?) AND period_start >= ? AND period_start < ? AND state = 'ambiguous'
            """;

    private static final String DIFFERENT = """
            SELECT kind, metric, window_start, 'told ' || trim_scale(told) || coalesce(', Stripe holds ' || trim_scale(held), '')
                || CASE WHEN detail = '' THEN '' ELSE '; ' || detail END
            FROM reconcile_finding
            WHERE customer_id = ? AND metric = ANY (?) AND window_end > ? AND window_start < ? AND resolved_at IS NULL
            """;

    private static final String ALL = REJECTED + "UNION ALL " + AMBIGUOUS + "UNION ALL " + DIFFERENT
            + "ORDER BY period_start, metric, kind, detail";

    private final Database database;

    UntoldUsage(Database database) {
        this.database = database;
    }

    /**
     * Looks at the hours of the subscription's running period.
     *
     * @param before only hours that began before it
     * @throws UserError when there is some, with each reason and its remedy
     */
    void requireNone(String customerId, StripeSubscription subscription, Set<String> metrics, Instant before)
            throws SQLException {
        Instant since = subscription.items().stream()
                .map(StripeSubscriptionItem::periodStart)
                .min(Instant::compareTo)
                .orElse(Instant.EPOCH);
        String[] names = metrics.toArray(String[]::new);
        List<Untold> untold = database.inSnapshot(connection -> read(connection, customerId, names, since, before));
        if (untold.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        untold.stream().limit(MOST_NAMED).forEach(line -> lines.add("  " + line.text()));
        if (untold.size() > MOST_NAMED) {
            lines.add("  and " + (untold.size() - MOST_NAMED) + " more");
        }
        throw new UserError(
                "Stripe does not have all usage of " + customerId + ", and what is missing would be billed nowhere:\n"
                        + String.join("\n", lines),
                remedies(untold) + "; or add --at period-end, and ./tallymark close holds that invoice for it");
    }

    private static List<Untold> read(
            Connection connection, String customerId, String[] metrics, Instant since, Instant before)
            throws SQLException {
        return Sql.query(
                connection,
                Untold::of,
                ALL,
                customerId,
                metrics,
                since,
                before,
                customerId,
                metrics,
                since,
                before,
                customerId,
                metrics,
                since,
                before);
    }

    private static String remedies(List<Untold> untold) {
        Set<Kind> kinds =
                untold.stream().map(Untold::kind).collect(Collectors.toCollection(() -> EnumSet.noneOf(Kind.class)));
        return kinds.stream().map(Kind::remedy).collect(Collectors.joining("; "));
    }

    private record Untold(Kind kind, String metric, Instant start, String detail) {
        static Untold of(ResultSet row) throws SQLException {
            return new Untold(
                    Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                    row.getString("metric"),
                    Sql.instant(row, "period_start"),
                    row.getString("detail"));
        }

        String text() {
            return kind.word() + " " + metric + ": from " + start + (detail.isEmpty() ? "" : ": " + detail);
        }
    }
}
