package io.tallymark.reconcile;

import java.util.Locale;

/** What a comparison of a window came to. */
public enum Kind {
    /** Table, what Stripe was told and what Stripe holds are one figure. */
    OK(false, "nothing to do"),
    /** The table has what Stripe was not told yet; Stripe holds what it was told, as far as can be asked. */
    UNREPORTED(false, "wait for the reporter, or remove what the reason names"),
    /** The table has what Stripe refused for good. */
    REJECTED(true, "mend what the reason names, then ./tallymark reconcile --repair tells it again"),
    /** Stripe's summaries may not have caught up yet. */
    LAG(false, "look again later"),
    /** Stripe's summaries do not show one or more accepted reports. */
    LOST(true, "./tallymark reconcile --repair tells the difference anew"),
    /** Stripe counted one or more reports again. */
    DOUBLED(true, "./tallymark reconcile --repair takes the difference back"),
    /** Stripe holds what we never said. */
    FOREIGN_WRITER(
            true,
            "find who else sends usage for this customer and meter and stop it; then --repair, with --repair-foreign"
                    + " where reports add up"),
    /** Stripe does not know the customer. */
    UNKNOWN_CUSTOMER(
            true,
            "restore the customer in Stripe, or mend the mapping with ./tallymark customers import; then --repair"),
    /** Stripe could not be asked. */
    UNREADABLE(true, "mend what the reason names; ./tallymark doctor checks Stripe"),
    /** A report's fate is unknown and a person must decide. */
    AMBIGUOUS(true, "look into Stripe's dashboard, then ./tallymark reconcile --resolve IDENTIFIER --as accepted|lost"),
    /** The ledger's account {@code reported} is not what Stripe was told. */
    LEDGER(true, "keep the database as it is and report it: somebody changed stripe_report or ledger_entry by hand");

    private final boolean difference;
    private final String remedy;

    Kind(boolean difference, String remedy) {
        this.difference = difference;
        this.remedy = remedy;
    }

    /** Whether somebody should do something. */
    public boolean isDifference() {
        return difference;
    }

    /** What, in the imperative. */
    public String remedy() {
        return remedy;
    }

    /** The name in the database and in what is printed. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
