package io.tallymark.embedded.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallymark.embedded.traffic.OutcomeCounts;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.RejectReason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads the balance sheet of one topic from the database. */
public final class BalanceReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DatabaseAccess database;
    private final String topic;

    public BalanceReader(DatabaseAccess database, String topic) {
        this.database = database;
        this.topic = topic;
    }

    public BalanceSheet sheet() throws SQLException {
        String query = "SELECT * FROM intake_hourly WHERE topic = ? ORDER BY partition, append_hour";
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, topic);
            List<BalanceSheet.Row> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(row(row));
                }
            }
            return new BalanceSheet(rows);
        }
    }

    /** Records accounted for so far. */
    public long read() throws SQLException {
        String query = "SELECT coalesce(sum(read), 0) FROM intake_hourly WHERE topic = ?";
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, topic);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static BalanceSheet.Row row(ResultSet row) throws SQLException {
        return new BalanceSheet.Row(
                row.getInt("partition"),
                row.getTimestamp("append_hour").toInstant(),
                row.getLong("first_offset"),
                row.getLong("next_offset"),
                new OutcomeCounts(
                        row.getLong("read"),
                        row.getLong("counted"),
                        row.getLong("withdrawn"),
                        row.getLong("duplicate"),
                        row.getLong("conflict"),
                        row.getLong("void_waiting"),
                        row.getLong("ignored"),
                        reasons(row.getString("reasons"))),
                row.getLong("uncovered"));
    }

    private static Map<RejectReason, Long> reasons(String json) {
        Map<RejectReason, Long> reasons = new EnumMap<>(RejectReason.class);
        try {
            JSON.readTree(json)
                    .properties()
                    .forEach(reason -> reasons.put(
                            RejectReason.valueOf(reason.getKey()),
                            reason.getValue().longValue()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("intake_hourly.reasons is no JSON: " + json, e);
        }
        return reasons;
    }
}
