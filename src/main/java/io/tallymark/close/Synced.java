package io.tallymark.close;

import io.tallymark.reconcile.Finding;
import io.tallymark.reconcile.Kind;
import io.tallymark.reconcile.Reconciled;
import io.tallymark.report.Waiting;
import java.util.List;

/**
 * What came of reporting everything that was due.
 *
 * @param told calls made here; a running job may have made others
 * @param left hours that are not told, though nothing holds them
 * @param waiting what waits for a person
 * @param reconciled what Stripe holds, compared
 */
public record Synced(long told, long left, List<Waiting> waiting, Reconciled reconciled) {
    public Synced {
        waiting = List.copyOf(waiting);
    }

    /**
     * Whether Stripe has and shows everything that it can be told: what is left needs a person, and waiting longer changes nothing. What
     * a person should look at holds its own customer's invoice only.
     */
    public boolean isSettled() {
        return left == 0
                && reconciled.pending() == 0
                && reconciled.isBalanced()
                && !reconciled.kinds().containsKey(Kind.LEDGER);
    }

    /** Whether nobody need do anything. */
    public boolean isComplete() {
        return isSettled() && waiting.isEmpty() && differing() == 0;
    }

    /** Hours that wait for a person. */
    public long waitingHours() {
        return waiting.stream().mapToLong(Waiting::hours).sum();
    }

    /** Windows in which Stripe holds something else than it was told, or could not be asked. */
    public long differing() {
        return reconciled.kinds().entrySet().stream()
                .filter(kind -> kind.getKey().isDifference())
                .mapToLong(kind -> kind.getValue())
                .sum();
    }

    /** What a person should look at besides {@link #waiting}, as far as it is listed. */
    public List<Finding> toLookAt() {
        return reconciled.lines().stream()
                .map(Reconciled.Line::finding)
                .filter(Finding::isForAPerson)
                .toList();
    }

    /** What waiting longer may mend, as far as it is listed. */
    public List<Finding> pending() {
        return reconciled.lines().stream()
                .map(Reconciled.Line::finding)
                .filter(Finding::isPending)
                .toList();
    }
}
