package io.tallymark.bench;

import io.tallymark.usage.DatabaseAccess;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;

/** What the table has to hold: added up by the producer from each id's first event. */
final class Truth {
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
    private static final int LONGEST_REPORT = 5;

    private final long firstHour;
    private final int hours;
    private final int models = LoadEvent.MODELS.size();
    private final long[] tokens;
    private final long[] events;

    Truth(Workload load) {
        long lastHour = (load.startMillis() + load.span().toMillis()) / HOUR_MILLIS;
        // One more, for an event that is punctual but of the second before the start.
        firstHour = (load.startMillis() - load.lateness().toMillis()) / HOUR_MILLIS - 1;
        hours = (int) (lastHour - firstHour) + 1;
        tokens = new long[load.customers() * models * hours];
        events = new long[tokens.length];
    }

    void add(LoadEvent event) {
        int cell = cell(event.customer(), event.model(), event.timeMillis());
        tokens[cell] += event.tokens();
        events[cell]++;
    }

    long rows() {
        long rows = 0;
        for (long count : events) {
            rows += count > 0 ? 1 : 0;
        }
        return rows;
    }

    long allTokens() {
        return sum(tokens);
    }

    long allEvents() {
        return sum(events);
    }

    /** Compares every row of the table; empty when all are right, otherwise the first of the differences. */
    String differences(DatabaseAccess database) throws SQLException {
        StringBuilder found = new StringBuilder();
        int wrong = 0;
        long seen = 0;
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT customer_id, dimensions->>'model', period_start, quantity, event_count"
                                + " FROM usage_hourly WHERE " + ClosedHours.NOT_OF_MARKERS)) {
            while (row.next()) {
                seen++;
                String difference = difference(row);
                wrong += difference.isEmpty() ? 0 : 1;
                found.append(wrong <= LONGEST_REPORT ? difference : "");
            }
        }
        if (seen != rows()) {
            found.append("%d rows instead of %d%n".formatted(seen, rows()));
        }
        return found.toString();
    }

    private String difference(ResultSet row) throws SQLException {
        int customer = Integer.parseInt(row.getString(1).substring(LoadEvent.CUSTOMER_PREFIX.length()));
        Timestamp hour = row.getTimestamp(3);
        int cell = cell(customer, LoadEvent.MODELS.indexOf(row.getString(2)), hour.getTime());
        BigDecimal quantity = row.getBigDecimal(4);
        long count = row.getLong(5);
        if (quantity.compareTo(BigDecimal.valueOf(tokens[cell])) == 0 && count == events[cell]) {
            return "";
        }
        return "%s %s %s: %s in %d events instead of %d in %d%n"
                .formatted(
                        row.getString(1),
                        row.getString(2),
                        Instant.ofEpochMilli(hour.getTime()),
                        quantity.toPlainString(),
                        count,
                        tokens[cell],
                        events[cell]);
    }

    private int cell(int customer, int model, long timeMillis) {
        long hour = timeMillis / HOUR_MILLIS - firstHour;
        if (hour < 0 || hour >= hours) {
            throw new IllegalStateException("outside of the workload's hours: " + Instant.ofEpochMilli(timeMillis));
        }
        return (customer * models + model) * hours + (int) hour;
    }

    private static long sum(long[] numbers) {
        long sum = 0;
        for (long number : numbers) {
            sum += number;
        }
        return sum;
    }
}
