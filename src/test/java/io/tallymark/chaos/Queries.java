package io.tallymark.chaos;

import io.tallymark.usage.DatabaseAccess;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads from the database, each time on a new connection: the old one may have died with its server. */
public record Queries(DatabaseAccess database) {
    /** The first column of every row. */
    public List<String> lines(String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                lines.add(row.getString(1));
            }
        }
        return lines;
    }

    /** Numbers by text, without zeros. */
    public Map<String, BigDecimal> numbers(String sql) throws SQLException {
        Map<String, BigDecimal> numbers = new TreeMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                BigDecimal number = row.getBigDecimal(2);
                if (number.signum() != 0) {
                    numbers.put(row.getString(1), number.stripTrailingZeros());
                }
            }
        }
        return numbers;
    }

    public long number(String sql) throws SQLException {
        return Long.parseLong(lines(sql).get(0));
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
