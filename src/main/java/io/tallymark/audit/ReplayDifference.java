package io.tallymark.audit;

import io.tallymark.usage.PrintableText;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One total on which the table and the topic do not agree.
 *
 * @param dimensions as the database writes them
 * @param table what the table holds; null: no row
 * @param topic what the topic gives; null: no event
 * @param open whether the table's row is still open although its hour is over
 */
record ReplayDifference(
        String metric,
        String customerId,
        String dimensions,
        Instant hour,
        @Nullable Total table,
        @Nullable Total topic,
        boolean open) {

    /**
     * One side.
     *
     * @param digest as hexadecimal digits
     */
    record Total(BigDecimal quantity, long eventCount, String digest, long withdrawnCount) {
        static final Total NOTHING = new Total(BigDecimal.ZERO, 0, "0".repeat(32), 0);
    }

    /** One line, with the names first; customers' text is shown without its control characters. */
    String line() {
        return "%s %s %s %s: %s"
                .formatted(metric, PrintableText.of(customerId), PrintableText.of(dimensions), hour, whatAndOpen());
    }

    private String whatAndOpen() {
        String what = what();
        return open ? what + (what.isEmpty() ? "" : "; ") + "open although its hour is over" : what;
    }

    private String what() {
        if (table == null) {
            return "missing in the table; the topic has " + brief(topic);
        }
        if (topic == null) {
            return "the table has " + brief(table) + "; the topic has none";
        }
        StringBuilder what = new StringBuilder();
        if (table.quantity().compareTo(topic.quantity()) != 0) {
            append(
                    what,
                    "quantity",
                    table.quantity().toPlainString(),
                    topic.quantity().toPlainString());
        }
        if (table.eventCount() != topic.eventCount()) {
            append(what, "events", table.eventCount(), topic.eventCount());
        }
        if (!table.digest().equals(topic.digest())) {
            append(what, "digest", table.digest(), topic.digest());
        }
        if (table.withdrawnCount() != topic.withdrawnCount()) {
            append(what, "withdrawn", table.withdrawnCount(), topic.withdrawnCount());
        }
        return what.toString();
    }

    private static void append(StringBuilder what, String name, Object table, Object topic) {
        what.append(what.isEmpty() ? "" : "; ")
                .append(name)
                .append(' ')
                .append(table)
                .append(" in the table, ")
                .append(topic)
                .append(" by the topic");
    }

    private static String brief(@Nullable Total total) {
        Total shown = total == null ? Total.NOTHING : total;
        return "quantity " + shown.quantity().toPlainString() + " of " + shown.eventCount() + " events";
    }
}
