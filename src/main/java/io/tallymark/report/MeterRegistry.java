package io.tallymark.report;

import io.tallymark.database.Sql;
import io.tallymark.usage.Meter;
import io.tallymark.usage.Meter.StripeReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
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

    // Writers of the table read reported_meter in their transaction. Waiting for them here means that what they did not
    // make due is
    // committed before the seeding looks.
    // Writers queue behind this lock, so behind whoever it waits for: it gives up soon.
    private static final String SHORT_WAIT = "SET LOCAL lock_timeout = '200ms'";
    private static final String WAIT_FOR_WRITERS = "LOCK TABLE reported_meter IN ACCESS EXCLUSIVE MODE";

    private static final String REGISTER = """
            INSERT INTO reported_meter AS meter (metric, event_name, mode) VALUES (?, ?, ?)
            ON CONFLICT (metric) DO UPDATE SET event_name = EXCLUDED.event_name, mode = EXCLUDED.mode
            WHERE (meter.event_name, meter.mode) <> (EXCLUDED.event_name, EXCLUDED.mode)
            """;

    private static final String REMOVE = "DELETE FROM reported_meter WHERE metric <> ALL (?) RETURNING metric";

    private static final String UNSEEDED =
            "SELECT metric FROM reported_meter WHERE seeded_at IS NULL AND metric = ANY (?) FOR UPDATE";

    private static final String SEED = """
            INSERT INTO report_due (metric, customer_id, period_start)
            SELECT metric, customer_id, period_start
            FROM (SELECT metric, customer_id, period_start, sum(quantity) AS total
                  FROM usage_hourly
                  WHERE metric = ? AND closed AND period_start >= report_now() - interval '35 days'
                  GROUP BY metric, customer_id, period_start) AS usage
            FULL JOIN
                 (SELECT metric, customer_id, period_start,
                    coalesce(sum(amount) FILTER (WHERE state IN ('accepted', 'confirmed', 'observed', 'expired')), 0) AS settled,
                    bool_or(state IN ('pending', 'sent')) AS unresolved
                  FROM stripe_report
                  WHERE metric = ? AND period_start >= report_now() - interval '35 days'
                  GROUP BY metric, customer_id, period_start) AS report
            USING (metric, customer_id, period_start)
            WHERE coalesce(total, 0) <> coalesce(settled, 0) OR coalesce(unresolved, false)
            """;

    private static final String WAKE =
            "UPDATE report_due SET waiting_for = NULL, queued = false WHERE waiting_for = ? AND metric = ?";

    private static final String MARK_SEEDED = "UPDATE reported_meter SET seeded_at = report_now() WHERE metric = ?";

    private final List<Meter> reported;

    MeterRegistry(List<Meter> meters) {
        this.reported =
                meters.stream().filter(meter -> meter.stripe().isPresent()).toList();
    }

    /** First of two transactions: from its commit on, changed totals of the configured meters become due. */
    void register(Connection connection) throws SQLException {
        if (isAnyNew(connection)) {
            Sql.update(connection, SHORT_WAIT);
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

    /** Second transaction: makes due what new meters counted before they were registered. Finds its work again after a crash. */
    void seed(Connection connection) throws SQLException {
        for (String metric : Sql.query(connection, row -> row.getString(1), UNSEEDED, (Object) metrics())) {
            Sql.update(connection, WAKE, ReportPolicy.WAITING_FOR_METER, metric);
            int hours = Sql.update(connection, SEED, metric, metric);
            Sql.update(connection, MARK_SEEDED, metric);
            LOG.info("Meter {} is reported to Stripe from now on; {} hours of the past are due", metric, hours);
        }
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
