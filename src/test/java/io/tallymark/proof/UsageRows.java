package io.tallymark.proof;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthRow;
import io.tallymark.usage.DatabaseAccess;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** All rows of {@code usage_hourly} as text, sorted: metric, customer, dimensions, hour, quantity, events, digest, withdrawn events. */
public final class UsageRows {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN_BYTES = 8;

    private UsageRows() {}

    public static List<String> of(DatabaseAccess database) throws SQLException {
        String query = "SELECT metric, customer_id, dimensions::text, period_start, quantity::text, event_count,"
                + " encode(digest, 'hex'), withdrawn_count, closed FROM usage_hourly";
        List<String> rows = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                rows.add(line(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getTimestamp(4).toInstant(),
                                row.getString(5),
                                row.getLong(6),
                                row.getString(7),
                                row.getLong(8))
                        + (row.getBoolean(9) ? "" : " | open"));
            }
        }
        rows.sort(null);
        return rows;
    }

    public static List<String> of(Truth truth) {
        return truth.rows().stream().map(UsageRows::line).sorted().toList();
    }

    /** The start of a hash over all rows: equal rows, equal hash. */
    static String hash(List<String> rows) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            rows.forEach(row -> sha.update((row + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(sha.digest(), 0, SHOWN_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must offer SHA-256", e);
        }
    }

    private static String line(TruthRow row) {
        return line(
                row.metric(),
                row.customerId(),
                row.dimensions(),
                row.hour(),
                row.quantity().toPlainString(),
                row.eventCount(),
                row.digest().toString(),
                row.withdrawnCount());
    }

    private static String line(
            String metric,
            String customer,
            String dimensions,
            Object hour,
            String quantity,
            long events,
            String digest,
            long withdrawn) {
        return String.join(
                " | ",
                metric,
                customer,
                canonical(dimensions),
                hour.toString(),
                quantity,
                Long.toString(events),
                digest,
                Long.toString(withdrawn));
    }

    /** Postgres and the truth put blanks into JSON differently. */
    private static String canonical(String json) {
        try {
            return JSON.readTree(json).toString();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("dimensions are no JSON: " + json, e);
        }
    }
}
