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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How meters were reported so far. Hours that were told stay with the event name and mode in which they were told, so both matter for as
 * long as such an hour may be told again.
 *
 * @param registered the meters of the job that reported last
 * @param told what Stripe holds of hours that may be told again; not read, and empty, while no configured meter differs from the registered
 * @param recounted an hour for each changed meter of deltas that has counted what Stripe was told of a meter whose event name it takes over
 */
public record MeterHistory(List<Registered> registered, List<Told> told, List<Recounted> recounted) {
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

    /** An hour that Stripe knows of the meter itself stays as it was told. */
    private static final String RECOUNTED = """
            SELECT report.metric, usage.metric AS by, report.event_name, report.period_start AS hour
            FROM stripe_report AS report JOIN usage_hourly AS usage USING (customer_id, period_start)
            WHERE report.metric = ? AND report.event_name = ? AND usage.metric = ?
                AND report.mode = 'delta' AND report.period_start > ?::timestamptz - interval '35 days'
                AND %s
                AND NOT EXISTS (
                    SELECT FROM stripe_report AS own
                    WHERE own.metric = usage.metric AND own.customer_id = usage.customer_id
                        AND own.period_start = usage.period_start AND own.state IN ('accepted', 'confirmed', 'observed'))
            LIMIT 1
            """.formatted(HELD);

    public MeterHistory {
        registered = List.copyOf(registered);
        told = List.copyOf(told);
        recounted = List.copyOf(recounted);
    }

    /** A meter as it was configured. */
    public record Registered(String metric, String eventName, ReportMode mode) {}

    /**
     * What Stripe was told under one event name in one mode.
     *
     * @param openUntil until then one of its hours may be told again
     */
    public record Told(String metric, String eventName, ReportMode mode, Instant openUntil) {}

    /**
     * An hour that two meters counted.
     *
     * @param metric of the meter of which Stripe was told the hour
     * @param by the other one, of which Stripe was told nothing for this hour
     */
    public record Recounted(String metric, String by, String eventName, Instant hour) {}

    /** Reads all reports of the last weeks when a configured meter differs, and hardly anything otherwise. */
    public static MeterHistory read(Connection connection, List<Meter> configured) throws SQLException {
        List<Registered> registered = Sql.query(connection, MeterHistory::registered, REGISTERED);
        MeterHistory history = new MeterHistory(registered, List.of(), List.of());
        if (configured.stream().noneMatch(history::isChanged)) {
            return history;
        }
        // As an argument: with a function of our own in it the query would not be spread over several processes.
        OffsetDateTime now = Sql.now(connection).atOffset(ZoneOffset.UTC);
        List<Told> told = Sql.query(connection, MeterHistory::told, TOLD, now);
        List<Recounted> recounted = new ArrayList<>();
        for (Meter meter : configured) {
            if (history.isChanged(meter)) {
                for (Told former : takenOver(meter, told, configured)) {
                    Sql.first(
                                    connection,
                                    MeterHistory::recounted,
                                    RECOUNTED,
                                    former.metric,
                                    former.eventName,
                                    meter.metric(),
                                    now)
                            .ifPresent(recounted::add);
                }
            }
        }
        return new MeterHistory(registered, told, recounted);
    }

    /** Deltas under the event name of this meter, of others that no longer have it. Two that share it by intent add up. */
    private static List<Told> takenOver(Meter meter, List<Told> told, List<Meter> configured) {
        String eventName = eventName(meter);
        Set<String> sharing = configured.stream()
                .filter(other -> other.stripe().isPresent() && eventName(other).equals(eventName))
                .map(Meter::metric)
                .collect(Collectors.toSet());
        return told.stream()
                .filter(former -> former.mode() == ReportMode.DELTA
                        && former.eventName().equals(eventName)
                        && !sharing.contains(former.metric()))
                .toList();
    }

    private static String eventName(Meter meter) {
        return meter.stripe().orElseThrow().eventName();
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

    private static Recounted recounted(ResultSet row) throws SQLException {
        return new Recounted(
                row.getString("metric"), row.getString("by"), row.getString("event_name"), Sql.instant(row, "hour"));
    }
}
