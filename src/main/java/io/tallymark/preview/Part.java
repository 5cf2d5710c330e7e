package io.tallymark.preview;

import java.util.Locale;

/** What a line of an invoice is for. */
public enum Part {
    /** Metered, of the period that ends with the invoice. */
    USAGE,
    /** Fixed, for the period that begins with it. */
    FEE,
    /** A part of a fee, charged or given back when a plan changed within the period. */
    PRORATION,
    /** Anything else, such as what a person added, and usage that Tallymark does not meter. */
    OTHER;

    /** The name in what is printed. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
