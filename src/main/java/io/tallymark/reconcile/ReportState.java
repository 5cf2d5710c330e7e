package io.tallymark.reconcile;

import java.util.Locale;

/** The states of {@code stripe_report}, as V3 and V5 of the schema explain them. */
enum ReportState {
    PENDING,
    SENT,
    ACCEPTED,
    CONFIRMED,
    REJECTED,
    UNMAPPED,
    EXPIRED,
    AMBIGUOUS,
    LOST,
    OBSERVED;

    /** Counts as told to Stripe. */
    boolean isTold() {
        return this == ACCEPTED || this == CONFIRMED || this == OBSERVED;
    }

    /** Announced, and its fate not known. */
    boolean isUnresolved() {
        return this == PENDING || this == SENT || this == AMBIGUOUS;
    }

    String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ReportState fromSql(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
