package io.tallymark.table;

import io.tallymark.usage.HourlyTotal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Binds rows column by column, each column as one array for {@code unnest}. The driver writes the arrays: no text is quoted here. */
final class TotalArrays {
    /** The columns that {@link #bind} binds, in its order. */
    static final String COLUMNS =
            "metric, customer_id, dimensions, start_second, quantity, event_count, digest, withdrawn_count, revision, closed";

    static final String UNNESTED =
            "unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::numeric[], ?::bigint[], ?::bytea[],"
                    + " ?::bigint[], ?::integer[], ?::boolean[])";

    private final PreparedStatement statement;
    private final List<HourlyTotal> rows;
    private int parameter;

    private TotalArrays(PreparedStatement statement, int first, List<HourlyTotal> rows) {
        this.statement = statement;
        this.parameter = first;
        this.rows = rows;
    }

    /** @param first index of the first of the ten parameters of {@link #UNNESTED} */
    static void bind(PreparedStatement statement, int first, List<HourlyTotal> rows) throws SQLException {
        TotalArrays arrays = new TotalArrays(statement, first, rows);
        arrays.next("text", String[]::new, total -> total.key().metric());
        arrays.next("text", String[]::new, total -> total.key().customerId());
        arrays.next("text", String[]::new, total -> total.key().dimensions());
        // Not as timestamps: in arrays the driver writes them without a zone, by this process's clock.
        arrays.next("bigint", Long[]::new, total -> total.hour().start().getEpochSecond());
        arrays.next("numeric", Object[]::new, HourlyTotal::quantity);
        arrays.next("bigint", Long[]::new, HourlyTotal::eventCount);
        arrays.next("bytea", byte[][]::new, total -> total.digest().toBytes());
        arrays.next("bigint", Long[]::new, HourlyTotal::withdrawnCount);
        arrays.next("integer", Integer[]::new, HourlyTotal::revision);
        arrays.next("boolean", Boolean[]::new, HourlyTotal::closed);
    }

    private <T> void next(String type, IntFunction<T[]> array, Function<HourlyTotal, ? extends T> column)
            throws SQLException {
        Connection connection = statement.getConnection();
        Object[] values = rows.stream().map(column).toArray(array);
        statement.setArray(parameter++, connection.createArrayOf(type, values));
    }
}
