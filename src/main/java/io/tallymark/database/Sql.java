package io.tallymark.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JDBC without its ceremony: binds by position, reads row by row. */
public final class Sql {
    private Sql() {}

    /** @return rows changed */
    public static int update(Connection connection, String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            return statement.executeUpdate();
        }
    }

    /** Also for statements with {@code RETURNING}. */
    public static <T> List<T> query(Connection connection, Row<T> reader, String sql, @Nullable Object... arguments)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(reader.read(rows));
                }
                return result;
            }
        }
    }

    public static <T> Optional<T> first(Connection connection, Row<T> reader, String sql, @Nullable Object... arguments)
            throws SQLException {
        return query(connection, reader, sql, arguments).stream().findFirst();
    }

    /** The one clock by which anything is decided. */
    public static Instant now(Connection connection) throws SQLException {
        return first(connection, row -> instant(row, "now"), "SELECT report_now() AS now")
                .orElseThrow();
    }

    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    public static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    /** Of an array of {@code timestamptz} without nulls. */
    public static List<Instant> instants(ResultSet row, String column) throws SQLException {
        Timestamp[] values = (Timestamp[]) row.getArray(column).getArray();
        return Arrays.stream(values).map(Timestamp::toInstant).toList();
    }

    /** Reads the current row. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static void bind(PreparedStatement statement, @Nullable Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            statement.setObject(
                    i + 1, argument instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : argument);
        }
    }
}
