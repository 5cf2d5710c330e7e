package io.tallymark.proof;

import io.tallymark.stripe.MeterCheck;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.stripe.UsageSummary;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import java.math.BigDecimal;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The Stripe account of the outage's two meters, and both sides of every hour. */
final class OutageAccount {
    private static final Map<String, ReportMode> METERS =
            Map.of("calls", ReportMode.HOURLY_TOTAL, "bytes", ReportMode.DELTA);

    private final DatabaseAccess database;
    private final StripeSettings stripe;

    OutageAccount(DatabaseAccess database, URI apiBase) {
        this.database = database;
        this.stripe = StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(apiBase);
    }

    void open(int customers) throws SQLException {
        try (StripeReadings account = StripeReadings.open(stripe)) {
            METERS.forEach(
                    (name, mode) -> account.createMeter(name, name, MeterCheck.formula(mode), MeterCheck.window(mode)));
            for (int customer = 0; customer < customers; customer++) {
                String subject = "customer" + customer;
                execute("INSERT INTO billing_customer VALUES ('" + subject + "', '" + account.createCustomer(subject)
                        + "')");
            }
        }
    }

    /** Every closed hour is reported, and there is one. */
    boolean isDrained() throws SQLException {
        return number("SELECT count(*) FROM usage_hourly WHERE NOT closed AND period_start <"
                                + " (SELECT max(period_start) FROM usage_hourly)")
                        == 0
                && number("SELECT count(*) FROM stripe_report") > 0
                && due() == 0;
    }

    long due() throws SQLException {
        return number("SELECT count(DISTINCT (metric, customer_id, period_start)) FROM report_due");
    }

    long reports() throws SQLException {
        return number("SELECT count(*) FROM stripe_report");
    }

    /** When metering last made a checkpoint, which all tasks of the job take part in: microseconds since 1970. */
    long lastCheckpointMicros() throws SQLException {
        return number("SELECT (extract(epoch FROM max(written_at)) * 1000000)::bigint FROM metering_progress");
    }

    long mostAttempts() throws SQLException {
        return number("SELECT max(attempts) FROM stripe_report");
    }

    /** Hours of which Stripe's summaries state something else than the table. */
    List<String> differences() throws SQLException {
        List<String> differences = new ArrayList<>();
        try (StripeReadings account = StripeReadings.open(stripe);
                Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT metric, stripe_customer_id, period_start, sum(quantity)
                        FROM usage_hourly JOIN billing_customer USING (customer_id) WHERE closed GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                        """)) {
            Map<String, Map<Instant, BigDecimal>> held = new TreeMap<>();
            while (row.next()) {
                String metric = row.getString(1);
                String customer = row.getString(2);
                Instant hour = row.getTimestamp(3).toInstant();
                BigDecimal stripeHolds = held.computeIfAbsent(
                                metric + customer, key -> summaries(account, metric, customer))
                        .getOrDefault(hour, BigDecimal.ZERO);
                if (stripeHolds.compareTo(row.getBigDecimal(4)) != 0) {
                    differences.add(metric + " of " + customer + " at " + hour + ": table " + row.getBigDecimal(4)
                            + ", Stripe " + stripeHolds);
                }
            }
        }
        return differences;
    }

    private static Map<Instant, BigDecimal> summaries(StripeReadings account, String metric, String customer) {
        Map<Instant, BigDecimal> hours = new TreeMap<>();
        Instant end = Instant.parse("2100-01-01T00:00:00Z");
        String meter = account.findMeter(metric).orElseThrow().id();
        for (UsageSummary summary : account.hourlySummaries(meter, customer, Instant.EPOCH, end)) {
            hours.put(summary.start(), summary.value());
        }
        return hours;
    }

    private long number(String query) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
