package io.tallymark.chaos;

import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.UsageSummary;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Meter;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares the closed hours of the table with the ledger and with Stripe's own summaries. */
public record ReportingCheck(ChaosStack stack) {
    private static final String HOUR =
            "metric || ' ' || customer_id || ' ' || to_char(period_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    private static final String CLOSED =
            "SELECT " + HOUR + ", sum(quantity) FROM usage_hourly %s WHERE closed GROUP BY 1";
    private static final String POSTED = "SELECT " + HOUR + ", sum(amount) FROM ledger_entry WHERE %s GROUP BY 1";

    /** Every difference; empty also means that nothing is due any more. */
    public List<String> differences() throws SQLException {
        Queries database = new Queries(stack.settings().database());
        Differences differences = new Differences();
        differences.none("due", database.lines("SELECT " + HOUR + " FROM report_due"));
        differences.none("lane", database.lines("SELECT metric || ' ' || customer_id FROM report_lane"));
        differences.none(
                "report",
                database.lines("SELECT state || ' ' || identifier || ' ' || coalesce(error, '') FROM stripe_report"
                        + " WHERE state NOT IN ('accepted', 'confirmed')"));
        if (!differences.found().isEmpty()) {
            return differences.found();
        }
        Map<String, BigDecimal> reported = database.numbers(CLOSED.formatted("JOIN reported_meter USING (metric)"));
        differences.equal(
                "table and metered",
                database.numbers(CLOSED.formatted("")),
                posted(database, "from_account = 'metered'"));
        differences.equal("table and reported", reported, posted(database, "to_account = 'reported'"));
        differences.none(
                "books", database.lines("SELECT sum(balance)::text FROM ledger_balance HAVING sum(balance) <> 0"));
        differences.equal("table and Stripe", reported, stripe());
        return differences.found();
    }

    private static Map<String, BigDecimal> posted(Queries database, String which) throws SQLException {
        return database.numbers(POSTED.formatted(which));
    }

    private Map<String, BigDecimal> stripe() throws SQLException {
        List<String> ends = new Queries(stack.settings().database())
                .lines("SELECT unnest(ARRAY[min(period_start), max(period_start) + interval '1 hour'])"
                        + "::timestamptz AT TIME ZONE 'UTC' FROM usage_hourly");
        Map<String, BigDecimal> held = new TreeMap<>();
        try (StripeReadings stripe = stack.simulator().open()) {
            for (Meter meter : stack.settings().ingest().meters()) {
                if (meter.stripe().isPresent()) {
                    add(held, stripe, meter, instant(ends.get(0)), instant(ends.get(1)));
                }
            }
        }
        return held;
    }

    private void add(Map<String, BigDecimal> held, StripeReadings stripe, Meter meter, Instant start, Instant end) {
        String meterId = stripe.findMeter(meter.stripe().orElseThrow().eventName())
                .orElseThrow()
                .id();
        stack.stripeIds().forEach((subject, customer) -> {
            for (UsageSummary summary : stripe.hourlySummaries(meterId, customer, start, end)) {
                if (summary.value().signum() != 0) {
                    held.put(
                            meter.metric() + " " + subject + " " + BillingHour.containing(summary.start()),
                            summary.value().stripTrailingZeros());
                }
            }
        });
    }

    private static Instant instant(String postgres) {
        return Instant.parse(postgres.replace(' ', 'T') + "Z");
    }
}
