package io.tallymark.report;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Hours of a customer and metric that are due, and are not told until a person does something: no time mends that.
 *
 * @param reason as {@code report_due.waiting_for} says it
 * @param hours how many
 * @param oldest start of the first of them
 */
public record Waiting(String customerId, String metric, String reason, long hours, Instant oldest) {
    private static final String READ = """
            SELECT customer_id, metric, waiting_for, count(DISTINCT period_start) AS hours, min(period_start) AS oldest FROM report_due
            WHERE waiting_for <> ? AND (?::text IS NULL OR customer_id = ?)
            GROUP BY customer_id, metric, waiting_for ORDER BY customer_id, metric, waiting_for
            """;

    static List<Waiting> read(Connection connection, Optional<String> customerId) throws SQLException {
        return Sql.query(
                connection,
                Waiting::of,
                READ,
                ReportPolicy.WAITING_FOR_START,
                customerId.orElse(null),
                customerId.orElse(null));
    }

    /** What to do about it, in the imperative. */
    public String remedy() {
        return switch (reason) {
            case ReportPolicy.WAITING_FOR_CUSTOMER -> "./tallymark customers import FILE.csv --apply";
            case ReportPolicy.WAITING_FOR_ITEM ->
                "./tallymark stripe-sync, or ./tallymark customers import-items FILE.csv --apply";
            case ReportPolicy.WAITING_FOR_METER -> "put the meter back into tallymark.yaml, and start the job with it";
            case ReportPolicy.AMBIGUOUS, ReportPolicy.AMBIGUOUS_NEIGHBOUR ->
                "./tallymark reconcile names the report; look into Stripe's dashboard, then --resolve IDENTIFIER --as"
                        + " accepted|lost";
            case ReportPolicy.FOR_REVIEW ->
                "let it be carried or write it off, as \"Late usage\" in docs/close.md says";
            case ReportPolicy.NOT_CARRIED ->
                "bill it by hand if it is owed, then write it off, as \"Late usage\" in docs/close.md says";
            case TellRule.NOT_WHOLE -> "correct the usage, or report the metric to a billing meter";
            default -> "./tallymark explain says what became of the hour; bill it by hand if it is owed";
        };
    }

    private static Waiting of(ResultSet row) throws SQLException {
        return new Waiting(
                row.getString("customer_id"),
                row.getString("metric"),
                row.getString("waiting_for"),
                row.getLong("hours"),
                Sql.instant(row, "oldest"));
    }
}
