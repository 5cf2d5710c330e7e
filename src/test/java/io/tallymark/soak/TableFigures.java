package io.tallymark.soak;

import io.tallymark.chaos.Queries;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** How large each table is, with its indexes and all its partitions. */
record TableFigures(Queries database) {
    private static final String BYTES = """
            SELECT coalesce(inhparent, c.oid)::regclass::text, sum(pg_total_relation_size(c.oid))
            FROM pg_class c LEFT JOIN pg_inherits ON inhrelid = c.oid
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace GROUP BY 1
            """;

    /** Empty ones have some pages too. */
    private static final long WORTH_COUNTING_BYTES = 1 << 17;

    record Size(long rows, long bytes) {}

    /** By name; small tables are left out. */
    Map<String, Size> sizes() throws SQLException {
        Map<String, Size> sizes = new TreeMap<>();
        for (Map.Entry<String, BigDecimal> table : database.numbers(BYTES).entrySet()) {
            long bytes = table.getValue().longValueExact();
            if (bytes > WORTH_COUNTING_BYTES) {
                sizes.put(table.getKey(), new Size(database.number("SELECT count(*) FROM " + table.getKey()), bytes));
            }
        }
        return sizes;
    }

    long read() throws SQLException {
        return database.number("SELECT coalesce(sum(read), 0) FROM intake_hourly");
    }

    /** Hours that wait to be told, and reports on their way. */
    long untold() throws SQLException {
        return database.number("SELECT (SELECT count(*) FROM report_due)"
                + " + (SELECT count(*) FROM stripe_report WHERE state IN ('pending', 'sent'))");
    }
}
