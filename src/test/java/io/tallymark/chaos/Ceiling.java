package io.tallymark.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallymark.embedded.traffic.Expectation;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.BillingHour;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The most that each total may be at any moment: every event counted once that was ever handed to the producer, acknowledged or not, and
 * none taken out by a void. Thread safe.
 */
final class Ceiling {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Cell> cells = new HashMap<>();
    private final BitSet seen = new BitSet();

    /** A row as the table has it. */
    record Row(String metric, String customer, String dimensions, Instant hour, BigDecimal quantity, long events) {}

    private record Cell(Aggregation aggregation, BigDecimal quantity, long events) {
        Cell plus(Cell other) {
            BigDecimal most = aggregation == Aggregation.MAX || aggregation == Aggregation.LAST
                    ? quantity.max(other.quantity)
                    : quantity.add(other.quantity);
            return new Cell(aggregation, most, events + other.events);
        }
    }

    /** To be called before the record is sent. */
    synchronized void raise(Expectation expectation) {
        if (expectation instanceof Expectation.Usage event && !seen.get(event.number())) {
            seen.set(event.number());
            Instant hour = BillingHour.containing(event.timeMillis()).start();
            for (Expectation.Addition addition : event.additions()) {
                cells.merge(
                        key(addition.meter().metric(), event.customerId(), addition.dimensions(), hour),
                        new Cell(addition.meter().aggregation(), addition.quantity(), 1),
                        Cell::plus);
            }
        }
    }

    /** What is wrong with a row; empty when it is not above. */
    synchronized Optional<String> excess(Row row) {
        Cell most = cells.get(key(row.metric(), row.customer(), row.dimensions(), row.hour()));
        if (most == null) {
            return Optional.of(row + ": no such events were ever sent");
        }
        boolean above = row.events() > most.events() || row.quantity().compareTo(most.quantity()) > 0;
        return above ? Optional.of(row + ": at most " + most) : Optional.empty();
    }

    private static String key(String metric, String customer, String dimensions, Instant hour) {
        return String.join(" | ", metric, customer, canonical(dimensions), hour.toString());
    }

    /** Postgres puts blanks into JSON. */
    private static String canonical(String json) {
        try {
            return JSON.readTree(json).toString();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("dimensions are no JSON: " + json, e);
        }
    }
}
