package io.tallymark.proof;

import io.tallymark.usage.DatabaseAccess;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;

/** Reads what a run's database holds, and writes the mappings that an operator would. Has one connection, for the run's own thread. */
record ProofDatabase(Connection connection) implements AutoCloseable {
    /** Tells the test's connections from the job's. */
    static final String APPLICATION = "reporting proof";

    static ProofDatabase open(DatabaseAccess access) throws SQLException {
        return new ProofDatabase(connect(access));
    }

    static Connection connect(DatabaseAccess access) throws SQLException {
        PGSimpleDataSource source = access.dataSource();
        source.setApplicationName(APPLICATION);
        return source.getConnection();
    }

    /** One customer's hour of one metric. */
    record Hour(String metric, String customer, Instant start) {}

    void execute(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(sql, arguments)) {
            statement.execute();
        }
    }

    BigDecimal number(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(sql, arguments);
                ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBigDecimal(1) != null ? row.getBigDecimal(1) : BigDecimal.ZERO;
        }
    }

    boolean holds(String condition) throws SQLException {
        return number("SELECT CASE WHEN " + condition + " THEN 1 ELSE 0 END").signum() > 0;
    }

    long lastCheckpointMicros() throws SQLException {
        return number("SELECT extract(epoch FROM written_at) * 1000000 FROM metering_progress")
                .longValue();
    }

    /** Numbers by hour, from a query of metric, customer_id, period_start and the number. */
    Map<Hour, BigDecimal> byHour(String sql) throws SQLException {
        Map<Hour, BigDecimal> numbers = new HashMap<>();
        try (PreparedStatement statement = prepare(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Instant start = row.getTimestamp(3).toInstant();
                numbers.put(new Hour(row.getString(1), row.getString(2), start), row.getBigDecimal(4));
            }
        }
        return numbers;
    }

    /** Numbers by text. */
    Map<String, BigDecimal> byText(String sql) throws SQLException {
        Map<String, BigDecimal> numbers = new HashMap<>();
        try (PreparedStatement statement = prepare(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                numbers.put(row.getString(1), row.getBigDecimal(2));
            }
        }
        return numbers;
    }

    /** The first column of every row. */
    List<String> lines(String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PreparedStatement statement = prepare(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                lines.add(row.getString(1));
            }
        }
        return lines;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private PreparedStatement prepare(String sql, Object... arguments) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            statement.setObject(
                    i + 1, argument instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : argument);
        }
        return statement;
    }
}
