package io.tallymark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.database.Database;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

/** What somebody must do about Stripe is a figure until it is done. */
class OpenFindingsTest {
    private static final Instant HOUR = BooksDatabase.hoursAgo(5);

    private final Map<String, Gauge<?>> gauges = new HashMap<>();

    @Test
    void countsWhatIsOpenByKind() throws SQLException {
        try (BooksDatabase books = new BooksDatabase();
                Database database = ReconcilePool.open(books.access())) {
            OpenFindings findings = new OpenFindings(new ByKind(""));
            books.total("calls", "acme", HOUR, "5");
            books.execute("DELETE FROM report_due");
            books.report("calls", "acme", HOUR, 1, "delta", "5", "5", "rejected");
            finding(books, "acme", "lost", "NULL");
            finding(books, "globex", "lost", "NULL");
            finding(books, "initech", "doubled", "now()");

            findings.refresh(database);

            assertThat(open()).isEqualTo(Map.of("lost", 2L, "rejected", 1L));
        }
    }

    private static void finding(BooksDatabase books, String customer, String kind, String resolvedAt)
            throws SQLException {
        books.execute("""
                INSERT INTO reconcile_finding (metric, customer_id, mode, event_name, stripe_customer_id, window_start, window_end,
                    kind, table_total, told, held, detail, resolved_at)
                VALUES ('calls', '%s', 'delta', 'calls', 'cus_1', now(), now(), '%s', 5, 5, 0, '', %s)
                """.formatted(customer, kind, resolvedAt));
    }

    private Map<String, Object> open() {
        Map<String, Object> open = new TreeMap<>();
        gauges.forEach((kind, gauge) -> open.put(kind, gauge.getValue()));
        open.values().removeIf(count -> count.equals(0L));
        return open;
    }

    /** Keeps the gauges by the label of their group. */
    private final class ByKind extends UnregisteredMetricsGroup {
        private final String label;

        ByKind(String label) {
            this.label = label;
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return new ByKind(value);
        }

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            gauges.put(label, gauge);
            return gauge;
        }
    }
}
