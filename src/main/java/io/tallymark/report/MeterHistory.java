package io.tallymark.report;

import io.tallymark.database.Sql;
import io.tallymark.usage.Meter;
import io.tallymark.usage.Meter.StripeReport;
import io.tallymark.usage.ReportMode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * How meters were reported so far. Hours that were told stay with the event name and mode in which they were told, so both matter for as
 * long as such an hour may be told again.
 *
 * @param registered the meters of the job that reported last
 * @param told what Stripe holds of hours that may be told again; not read, and empty, while no configured meter differs from the registered
 */
public record MeterHistory(List<Registered> registered, List<Told> told) {
    private static final String REGISTERED = "SELECT metric, event_name, mode FROM reported_meter ORDER BY metric";

    /** What Stripe holds, or may hold; {@code told_before} in the database has the same rule. */
    private static final String HELD = """
            (report.state IN ('pending', 'sent', 'ambiguous', 'accepted', 'confirmed', 'observed')
                OR (report.state = 'rejected' AND report.attempts > 1)
                OR (report.state = 'lost' AND report.mode <> 'delta'))""";

    /**
     * An hour is told for 35 days. The value of a billing period, which ends up to a month or a year after its first hour, for as long after
     * that end.
     */
    private static final String TOLD = """
            SELECT report.metric, report.event_name, report.mode, max(report.period_start + reach.after) AS open_until
            FROM stripe_report AS report
            LEFT JOIN billing_customer AS customer USING (customer_id)
            CROSS JOIN LATERAL (SELECT CASE
                WHEN report.mode <> 'period-total' THEN interval '35 days'
                WHEN customer.billing_interval = 'year' THEN interval '401 days'
                ELSE interval '66 days' END AS after) AS reach
            WHERE report.mode NOT LIKE 'usage-record%%'
                AND %s
                AND report.period_start > ?::timestamptz - reach.after
            GROUP BY report.metric, report.event_name, report.mode
            ORDER BY report.metric, report.event_name, report.mode
            """.formatted(HELD);

    public MeterHistory {
        registered = List.copyOf(registered);
        told = List.copyOf(told);
    }

    /** A meter as it was configured. */
    public record Registered(String metric, String eventName, ReportMode mode) {}

    /**
     * What Stripe was told under one event name in one mode.
     *
     * @param openUntil until then one of its hours may be told again
     */
    public record Told(String metric, String eventName, ReportMode mode, Instant openUntil) {}

    /** Reads all reports of the last weeks when a configured meter differs, and hardly anything otherwise. */
    public static MeterHistory read(Connection connection, List<Meter> configured) throws SQLException {
        List<Registered> registered = Sql.query(connection, MeterHistory::registered, REGISTERED);
        MeterHistory history = new MeterHistory(registered, List.of());
        if (configured.stream().noneMatch(history::isChanged)) {
            return history;
        }
        // As an argument: with a function of our own in it the query would not be spread over several processes.
        OffsetDateTime now = Sql.now(connection).atOffset(ZoneOffset.UTC);
        return new MeterHistory(registered, Sql.query(connection, MeterHistory::told, TOLD, now));
    }

    /** Whether a meter is reported otherwise than before, or is reported for the first time. */
    boolean isChanged(Meter meter) {
        return meter.stripe()
                .filter(stripe -> !registered.contains(registered(meter, stripe)))
                .isPresent();
    }

    private static Registered registered(Meter meter, StripeReport stripe) {
        return new Registered(meter.metric(), stripe.eventName(), stripe.mode());
    }

    private static Registered registered(ResultSet row) throws SQLException {
        return new Registered(
                row.getString("metric"), row.getString("event_name"), IntentTable.mode(row.getString("mode")));
    }

    private static Told told(ResultSet row) throws SQLException {
        return new Told(
                row.getString("metric"),
                row.getString("event_name"),
                IntentTable.mode(row.getString("mode")),
                Sql.instant(row, "open_until"));
    }
}
