package io.tallymark.audit;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One total on which the table and the topic do not agree.
 *
 * @param dimensions as the database writes them
 * @param table what the table holds; null: no row
 * @param topic what the topic gives; null: no event
 */
record ReplayDifference(
        String metric,
        String customerId,
        String dimensions,
        Instant hour,
        @Nullable Total table,
        @Nullable Total topic) {

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
        return "%s %s %s %s: %s".formatted(metric, printable(customerId), printable(dimensions), hour, what());
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

    /** A customer id is anybody's text: a line break in it must not make a line of its own. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .forEach(point ->
                        printable.append(isHarmless(point) ? Character.toString(point) : "\\u%04x".formatted(point)));
        return printable.toString();
    }

    private static boolean isHarmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
