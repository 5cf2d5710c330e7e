package io.tallymark.audit.status;

import io.tallymark.reconcile.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Stripe does not know yet.
 *
 * @param unreported one entry for each reported meter
 * @param dueHours hours (metric, customer, hour) whose total differs from what Stripe was told
 * @param oldestDueSince since when the oldest of them is due; null when there is none
 * @param waitingFor due hours by what they wait for
 * @param refused reports by state, rejected and expired only
 * @param told reports by state, without those
 * @param findings open findings of reconciliation by kind
 * @param rejectedHours hours whose newest report Stripe refused for good, so that nothing tells them any more
 * @param unreportable what nobody tells Stripe any more, by meter and cause
 */
public record Reporting(
        List<Balance> unreported,
        long dueHours,
        @Nullable Instant oldestDueSince,
        Map<String, Long> waitingFor,
        Map<String, Long> refused,
        Map<String, Long> told,
        Map<String, Long> findings,
        long rejectedHours,
        List<WrittenOff> unreportable) {

    /** What somebody must do so that Stripe bills what the table says. */
    List<Finding> problems() {
        List<Finding> problems = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            long open = findings.getOrDefault(kind.word(), 0L);
            if (open > 0) {
                problems.add(new Finding(
                        open + (open == 1 ? " window is " : " windows are ") + kind.word()
                                + " by Stripe's summaries: see reconcile_finding",
                        kind.remedy()));
            }
        }
        long ambiguous = told.getOrDefault(Kind.AMBIGUOUS.word(), 0L);
        if (ambiguous > 0) {
            problems.add(new Finding(
                    ambiguous + (ambiguous == 1 ? " report is" : " reports are")
                            + " ambiguous: ./tallymark reconcile names them",
                    Kind.AMBIGUOUS.remedy()));
        }
        if (rejectedHours > 0) {
            problems.add(new Finding(
                    "Stripe refused the newest report of " + rejectedHours + (rejectedHours == 1 ? " hour" : " hours")
                            + ": see stripe_report.error where state = 'rejected'",
                    "mend what the error names, then ./tallymark reconcile --repair"));
        }
        return problems;
    }

    /** What nobody can mend by telling it. */
    List<String> warnings() {
        return unreportable.stream().map(WrittenOff::text).toList();
    }

    /**
     * Usage of one meter that was written off.
     *
     * @param tooOld for Stripe; otherwise it came after its hours were billed for good, and nothing carries it
     * @param cause as the postings say it
     */
    public record WrittenOff(Balance lost, boolean tooOld, String cause) {
        String text() {
            return lost.quantity().toPlainString() + " of " + lost.metric() + " (customers: " + lost.customers() + ") "
                    + (tooOld
                            ? "became too old for Stripe before it could be told: bill it by hand"
                            : "came after its hours were billed for good and was written off (" + cause
                                    + "): bill it by hand if it is owed")
                    + "; SELECT customer_id, period_start, amount, cause FROM ledger_entry WHERE to_account ="
                    + " 'unreportable' names each";
        }
    }

    /**
     * An account of one meter.
     *
     * @param quantity in the meter's unit
     * @param customers whose balance is not 0
     */
    public record Balance(String metric, BigDecimal quantity, long customers) {}
}
