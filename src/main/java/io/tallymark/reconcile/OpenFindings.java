package io.tallymark.reconcile;

import io.tallymark.database.Database;
import io.tallymark.database.LatestReading;
import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** The gauge {@code openFindings} by {@code kind}: what somebody must do so that Stripe holds what the table says, until it is done. */
final class OpenFindings {
    private static final int MOST_REFUSED = 1_000;

    /** Each part has a partial index of its own, whose size is that of the trouble. */
    private static final String OPEN = """
            SELECT kind, count(*) AS findings FROM reconcile_finding WHERE resolved_at IS NULL GROUP BY kind
            UNION ALL
            SELECT 'ambiguous', count(*) FROM stripe_report WHERE state = 'ambiguous'
            UNION ALL
            SELECT 'rejected', count(*) FROM (SELECT FROM refused_report LIMIT %d) AS refused
            """.formatted(MOST_REFUSED);

    private final LatestReading<Map<String, Long>> reading =
            new LatestReading<>("Reconciliation", "open findings", OpenFindings::read, Map.of(), System::nanoTime);

    OpenFindings(MetricGroup group) {
        Arrays.stream(Kind.values())
                .filter(Kind::isDifference)
                .map(Kind::word)
                .forEach(kind -> group.addGroup("kind", kind).gauge("openFindings", (Gauge<Long>)
                        () -> reading.value().getOrDefault(kind, 0L)));
    }

    void refresh(Database database) throws SQLException {
        reading.refresh(database);
    }

    private static Map<String, Long> read(Connection connection) throws SQLException {
        return Sql.query(connection, row -> Map.entry(row.getString("kind"), row.getLong("findings")), OPEN).stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Math::max));
    }
}
