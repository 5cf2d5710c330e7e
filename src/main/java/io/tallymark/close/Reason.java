package io.tallymark.close;

import java.util.Locale;

/**
 * Why an invoice must not be finalized yet.
 *
 * @param metric empty: of the invoice as a whole
 * @param detail figures, for a person
 */
public record Reason(Kind kind, String metric, String detail) {
    /** What is missing. */
    public enum Kind {
        HOURS_OPEN("wait; ./tallymark status says how far metering is"),
        UNMAPPED("./tallymark customers import, then ./tallymark sync"),
        FORMER_PAYER("end the former payer's subscription in Stripe's dashboard, credit what it charged since, then"
                + " ./tallymark close --accept INVOICE"),
        UNREPORTED("./tallymark sync"),
        REVIEW(
                "decide what becomes of it: bill it by hand in Stripe or leave it, then ./tallymark close --accept INVOICE;"
                        + " \"Late usage\" in docs/close.md says how to carry it or write it off"),
        REJECTED("mend what Stripe refused, then ./tallymark reconcile --repair"),
        AMBIGUOUS("look into Stripe's dashboard, then ./tallymark reconcile --resolve IDENTIFIER --as accepted|lost"),
        UNCONFIRMED("wait: Stripe's summaries may not have caught up"),
        DIFFERENT("./tallymark reconcile shows where Stripe differs, --repair mends it"),
        LINE_DIFFERS(
                "look at the subscription's items and prices: ./tallymark doctor; once it is right, ./tallymark close --accept"
                        + " INVOICE carries the difference on"),
        SOLD_TWICE(
                "end all but one of the items at Stripe, and credit what was billed twice; invoices of periods that are past"
                        + " stay so: ./tallymark close --accept INVOICE lets them go"),
        UNSOLD(
                "add the metric to the customer's plan, or set close.unsold-usage: allow; what is past: bill it by hand or leave"
                        + " it, then ./tallymark close --accept INVOICE"),
        CREDIT("credit it by hand in Stripe, then ./tallymark close --accept INVOICE"),
        FAILED("mend what Stripe says, then run it again"),
        CARRIED("nothing"),
        FINALIZED_SHORT("bill the difference by hand in Stripe, then void or credit what is wrong");

        private final String remedy;

        Kind(String remedy) {
            this.remedy = remedy;
        }

        /** What to do about it, in the imperative. */
        public String remedy() {
            return remedy;
        }

        /** Whether it keeps an invoice from being let go; else it only says what was done. */
        public boolean isNoGo() {
            return this != CARRIED;
        }

        /** The name in the database and in what is printed. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** One line. */
    public String text() {
        return kind.word() + (metric.isEmpty() ? "" : " " + metric) + ": " + detail;
    }
}
