package io.tallymark.report;

import io.tallymark.database.Sql;
import io.tallymark.usage.BillingPeriod;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Adds what a target knows of the billing period to the standings of those modes for which it matters. */
final class PeriodReader {
    private static final String PERIODS = """
            SELECT asked.number, told.*, used.*
            FROM unnest(?::integer[], ?::text[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::text[], ?::text[], ?::boolean[])
                AS asked (number, metric, customer_id, period_from, period_to, target, stripe_customer_id, usage_record)
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(report.amount) FILTER (WHERE report.state IN ('accepted', 'confirmed', 'observed')), 0) AS told,
                    (array_agg(report.value ORDER BY report.event_timestamp DESC, report.created_at DESC)
                        FILTER (WHERE report.state IN ('accepted', 'confirmed', 'observed')))[1] AS newest_told,
                    max(report.event_timestamp) AS newest_timestamp,
                    coalesce(bool_or(report.state = 'ambiguous' OR (report.state = 'rejected' AND report.attempts > 1
                        AND NOT EXISTS (
                            SELECT FROM stripe_report AS newer
                            WHERE newer.metric = report.metric AND newer.customer_id = report.customer_id
                                AND newer.period_start = report.period_start AND newer.sequence > report.sequence
                                AND newer.mode = 'usage-record-set' AND newer.state IN ('accepted', 'confirmed')))), false)
                        AS ambiguous
                FROM stripe_report AS report
                WHERE report.metric = asked.metric AND report.customer_id = asked.customer_id
                    AND report.period_start >= asked.period_from AND report.period_start < asked.period_to
                    AND report.event_name = asked.target
                    AND (asked.usage_record OR report.stripe_customer_id = asked.stripe_customer_id)
                    AND report.state <> 'expired'
                    AND (report.mode LIKE 'usage-record%') = asked.usage_record
                    AND (report.mode = 'period-total' OR asked.usage_record)) AS told
            CROSS JOIN LATERAL (
                SELECT max(hour.quantity) AS largest, (array_agg(hour.quantity ORDER BY hour.period_start DESC))[1] AS newest
                FROM usage_hourly AS hour
                WHERE hour.metric = asked.metric AND hour.customer_id = asked.customer_id
                    AND hour.period_start >= asked.period_from AND hour.period_start < asked.period_to
                    AND hour.closed AND hour.event_count > 0) AS used
            """;

    private PeriodReader() {}

    static List<HourStanding> complete(Connection connection, List<HourStanding> standings, ReportPolicy policy)
            throws SQLException {
        Map<Integer, Target> targets = new HashMap<>();
        for (int number = 0; number < standings.size(); number++) {
            Optional<Target> target = target(standings.get(number), policy).filter(Target::needsPeriod);
            if (target.isPresent()) {
                targets.put(number, target.get());
            }
        }
        if (targets.isEmpty()) {
            return standings;
        }
        List<HourStanding> complete = new ArrayList<>(standings);
        for (Numbered read : read(connection, standings, targets)) {
            complete.set(read.number(), complete.get(read.number()).with(read.answer()));
        }
        return complete;
    }

    /** A report of unknown fate is compared with what its own target was told, wherever the mapping sends the hour by now. */
    private static Optional<Target> target(HourStanding standing, ReportPolicy policy) {
        return standing.unresolved().map(ReportIntent::target).or(() -> policy.target(standing));
    }

    private static List<Numbered> read(
            Connection connection, List<HourStanding> standings, Map<Integer, Target> targets) throws SQLException {
        List<Integer> numbers = List.copyOf(targets.keySet());
        List<HourStanding> asked = numbers.stream().map(standings::get).toList();
        List<Target> where = numbers.stream().map(targets::get).toList();
        return Sql.query(
                connection,
                Numbered::read,
                PERIODS,
                numbers.toArray(Integer[]::new),
                asked.stream().map(one -> one.hour().metric()).toArray(String[]::new),
                asked.stream().map(one -> one.hour().customerId()).toArray(String[]::new),
                asked.stream().map(one -> period(one).start().toString()).toArray(String[]::new),
                asked.stream().map(one -> period(one).end().toString()).toArray(String[]::new),
                where.stream().map(Target::name).toArray(String[]::new),
                where.stream().map(Target::stripeCustomerId).toArray(String[]::new),
                where.stream().map(target -> target.mode().isUsageRecord()).toArray(Boolean[]::new));
    }

    private static BillingPeriod period(HourStanding standing) {
        return standing.mapping().period();
    }

    /** A row of the answer, with the number of the standing that it belongs to. */
    private record Numbered(int number, PeriodStanding answer) {
        static Numbered read(ResultSet row) throws SQLException {
            return new Numbered(
                    row.getInt("number"),
                    new PeriodStanding(
                            row.getBigDecimal("told"),
                            row.getBigDecimal("newest_told"),
                            Sql.instantOrNull(row, "newest_timestamp"),
                            row.getBoolean("ambiguous"),
                            row.getBigDecimal("largest"),
                            row.getBigDecimal("newest")));
        }
    }
}
