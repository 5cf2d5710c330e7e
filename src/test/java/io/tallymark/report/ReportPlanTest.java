package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A burst of due reports is picked without a look at what is already reported: prints the plans of the claim's statements over
 * {@code -Dplan.due=200000} due and twice as many reported hours (verify: fewer).
 */
class ReportPlanTest {
    private static final int DUE = Integer.getInteger("plan.due", 20_000);
    private static final int CUSTOMERS = Math.max(1, DUE / 40);
    private static final int CLAIM = 90;

    @Test
    void aBurstIsPickedByIndexAlone() throws SQLException {
        try (TestDatabase database = new TestDatabase()) {
            database.useRealClock();
            fill(database);

            List<String> plans = new ArrayList<>();
            plans.addAll(plan(database, "queue what is new", DueTable.QUEUE_NEW, DueTable.QUEUE_BATCH));
            queueAll(database);
            plans.addAll(plan(database, "pick lanes", LaneTable.PICK, CLAIM));
            List<Lane> lanes = database.lanes(CLAIM);
            plans.addAll(plan(
                    database,
                    "read the hours whose turn it is",
                    StandingReader.HEADS,
                    lanes.stream().map(Lane::metric).toArray(String[]::new),
                    lanes.stream().map(Lane::customerId).toArray(String[]::new)));
            plans.stream().filter(line -> !line.contains("never executed")).forEach(System.out::println);
            List<String> scans = plans.stream()
                    .filter(line -> !line.contains("never executed"))
                    .toList();

            assertThat(scans)
                    .noneMatch(line -> line.contains("Seq Scan on stripe_report"))
                    .noneMatch(line -> line.contains("Seq Scan on usage_hourly"))
                    .noneMatch(line -> line.contains("Seq Scan on report_due"))
                    .noneMatch(line -> line.contains("Seq Scan on report_lane"))
                    .noneMatch(line -> line.contains("ledger_entry"));
        }
    }

    private static List<String> plan(TestDatabase database, String what, String sql, Object... arguments)
            throws SQLException {
        List<String> lines = new ArrayList<>(List.of("plan: " + what));
        lines.addAll(database.texts("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS) " + sql, arguments));
        return lines;
    }

    private static void queueAll(TestDatabase database) throws SQLException {
        while (database.execute(DueTable.QUEUE_NEW, DueTable.QUEUE_BATCH) > 0) {
            // Until all are in their lanes.
        }
        database.execute("ANALYZE report_lane");
        database.execute("ANALYZE report_due");
    }

    private static void fill(TestDatabase database) throws SQLException {
        database.execute("INSERT INTO reported_meter (metric, event_name, mode, seeded_at)"
                + " VALUES ('tokens', 'tokens', 'hourly-total', now())");
        database.texts("SELECT ensure_usage_months(now() - interval '30 days', now())");
        database.execute("""
                INSERT INTO usage_hourly (metric, customer_id, period_start, quantity, event_count, digest, revision, closed,
                    writer_epoch)
                SELECT 'tokens', 'customer' || customer, date_trunc('hour', now(), 'UTC') - hour * interval '1 hour', 1, 1,
                    decode(repeat('00', 16), 'hex'), 1, true, 1
                FROM generate_series(1, 120) AS hour, generate_series(1, ?) AS customer
                """, CUSTOMERS);
        // The older two thirds were reported long ago.
        database.execute(
                "DELETE FROM report_due WHERE period_start < date_trunc('hour', now(), 'UTC') - interval '40 hours'");
        database.execute("""
                INSERT INTO stripe_report (identifier, metric, customer_id, period_start, sequence, mode, event_name,
                    stripe_customer_id, value, amount, event_timestamp, state, attempts, first_sent_at)
                SELECT 'old-' || customer_id || '-' || extract(epoch FROM period_start), metric, customer_id, period_start, 1,
                    'hourly-total', 'tokens', 'cus', 1, 1, period_start, 'confirmed', 1, now()
                FROM usage_hourly WHERE period_start < date_trunc('hour', now(), 'UTC') - interval '40 hours'
                """);
        database.execute("ANALYZE");
    }
}
