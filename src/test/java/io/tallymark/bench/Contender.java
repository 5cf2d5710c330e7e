package io.tallymark.bench;

import java.util.Locale;

/** What is measured, in the order of a round. */
enum Contender {
    /** Kafka's source, whose records are counted and thrown away. */
    RAW_READ("raw read"),
    /** Tallymark's source with its decoder, whose events are counted and thrown away. */
    PARSE_ONLY("parse only"),
    /** The job as it ships. */
    TALLYMARK("Tallymark"),
    /** The same totals by three statements of Flink SQL. */
    FLINK_SQL("Flink SQL");

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean writesTable() {
        return this == TALLYMARK || this == FLINK_SQL;
    }

    /** For names of files and databases. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
