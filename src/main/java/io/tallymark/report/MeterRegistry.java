package io.tallymark.report;

import io.tallymark.database.Sql;
import io.tallymark.usage.Meter;
import io.tallymark.usage.Meter.StripeReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code reported_meter} equal to the configured meters; one reporting configuration for each database.
 *
 * <p>A new meter makes its past 35 days due, as far as Stripe was not told. A removed one leaves its due hours waiting, visible and
 * harmless; they go on when the meter comes back.
 */
final class MeterRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(MeterRegistry.class);

    private static final String COUNT_KNOWN = "SELECT count(*) FROM reported_meter WHERE metric = ANY (?)";

    // Writers queue behind this lock, so behind whoever it waits for: it gives up soon.
    private static final String SHORT_WAIT = "SET LOCAL lock_timeout = '%dms'";
    private static final long FIRST_WAIT_MILLIS = 200;
    private static final long LONGEST_WAIT_MILLIS = 5_000;
    // Writers of the table read reported_meter in their transaction. Waiting for them here means that what they did
    // not make due is committed before the seeding looks.
    private static final String WAIT_FOR_WRITERS = "LOCK TABLE reported_meter IN ACCESS EXCLUSIVE MODE";

    private static final String REGISTER = """
            INSERT INTO reported_meter AS meter (metric, event_name, mode) VALUES (?, ?, ?)
            ON CONFLICT (metric) DO UPDATE SET event_name = EXCLUDED.event_name, mode = EXCLUDED.mode
            WHERE (meter.event_name, meter.mode) <> (EXCLUDED.event_name, EXCLUDED.mode)
            """;

    private static final String REMOVE = "DELETE FROM reported_meter WHERE metric <> ALL (?) RETURNING metric";

    private static final String UNSEEDED =
            "SELECT metric FROM reported_meter WHERE seeded_at IS NULL AND metric = ANY (?) ORDER BY metric LIMIT 1 FOR UPDATE";

    private static final String SEED = """
            INSERT INTO report_due (metric, customer_id, period_start)
            SELECT metric, customer_id, period_start
            FROM (SELECT metric, customer_id, period_start, sum(quantity) AS total
                  FROM usage_hourly
                  WHERE metric = ? AND closed AND period_start >= ? AND period_start < ?
                  GROUP BY metric, customer_id, period_start) AS usage
            FULL JOIN
                 (SELECT metric, customer_id, period_start,
                    coalesce(sum(amount) FILTER (WHERE state IN ('accepted', 'confirmed', 'observed', 'expired')), 0) AS settled,
                    bool_or(state IN ('pending', 'sent')) AS unresolved
                  FROM stripe_report
                  WHERE metric = ? AND period_start >= ? AND period_start < ?
                  GROUP BY metric, customer_id, period_start) AS report
            USING (metric, customer_id, period_start)
            WHERE coalesce(total, 0) + carried_usage(metric, customer_id, period_start) <> coalesce(settled, 0) OR coalesce(unresolved, false)
            """;

    private static final String WAKE =
            "UPDATE report_due SET waiting_for = NULL, queued = false WHERE waiting_for = ? AND metric = ?";

    private static final String MARK_SEEDED = "UPDATE reported_meter SET seeded_at = report_now() WHERE metric = ?";

    private static final Duration REACH = Duration.ofDays(35);
    private static final Duration SLICE = Duration.ofDays(1);

    private final List<Meter> reported;
    private long lockWaitMillis = FIRST_WAIT_MILLIS;

    MeterRegistry(List<Meter> meters) {
        this.reported =
                meters.stream().filter(meter -> meter.stripe().isPresent()).toList();
    }

    /** The first transaction: from its commit on, changed totals of the configured meters become due. */
    void register(Connection connection) throws SQLException {
        if (isAnyNew(connection)) {
            Sql.update(connection, SHORT_WAIT.formatted(lockWaitMillis));
            lockWaitMillis = Math.min(LONGEST_WAIT_MILLIS, 2 * lockWaitMillis);
            Sql.update(connection, WAIT_FOR_WRITERS);
        }
        for (Meter meter : reported) {
            StripeReport stripe = meter.stripe().orElseThrow();
            Sql.update(
                    connection,
                    REGISTER,
                    meter.metric(),
                    stripe.eventName(),
                    stripe.mode().configName());
        }
        for (String removed : Sql.query(connection, row -> row.getString(1), REMOVE, (Object) metrics())) {
            LOG.warn("Meter {} is no longer reported to Stripe; what is due for it waits", removed);
        }
    }

    /**
     * How far a new meter's past is made due.
     *
     * @param next day to make due
     * @param hours that are due so far
     */
    record Seeding(String metric, Instant next, long hours) {}

    /**
     * One of the transactions that follow: makes due what a new meter counted in a day before it was registered. A crash begins again with
     * the meter's first day; what is due twice is told once.
     *
     * @param before what the last such transaction that was committed came to; empty at first
     * @return empty when no meter is left
     */
    Optional<Seeding> seedNext(Connection connection, Optional<Seeding> before) throws SQLException {
        Optional<String> unseeded = Sql.first(connection, row -> row.getString(1), UNSEEDED, (Object) metrics());
        if (unseeded.isEmpty()) {
            return Optional.empty();
        }
        String metric = unseeded.get();
        Instant now = Sql.now(connection);
        Seeding at = before.filter(last -> last.metric.equals(metric))
                .orElseGet(() -> new Seeding(metric, now.minus(REACH), 0));
        Instant end = at.next.plus(SLICE);
        int hours = Sql.update(connection, SEED, metric, at.next, end, metric, at.next, end);
        Seeding after = new Seeding(metric, end, at.hours + hours);
        if (end.isAfter(now)) {
            finish(connection, after);
        }
        return Optional.of(after);
    }

    private static void finish(Connection connection, Seeding done) throws SQLException {
        Sql.update(connection, WAKE, ReportPolicy.WAITING_FOR_METER, done.metric);
        Sql.update(connection, MARK_SEEDED, done.metric);
        LOG.info("Meter {} is reported to Stripe from now on; {} hours of the past are due", done.metric, done.hours);
    }

    private boolean isAnyNew(Connection connection) throws SQLException {
        long known = Sql.first(connection, row -> row.getLong(1), COUNT_KNOWN, (Object) metrics())
                .orElseThrow();
        return known < reported.size();
    }

    private String[] metrics() {
        return reported.stream().map(Meter::metric).toArray(String[]::new);
    }
}
