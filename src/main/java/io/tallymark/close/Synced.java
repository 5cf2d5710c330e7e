package io.tallymark.close;

import io.tallymark.reconcile.Kind;
import io.tallymark.reconcile.Reconciled;
import java.util.Map;

/**
 * What came of reporting everything that was due.
 *
 * @param told calls made here; a running job may have made others
 * @param left hours that are not told, though nothing holds them
 * @param waiting hours by what they wait for
 * @param reconciled what Stripe holds, compared
 */
public record Synced(long told, long left, Map<String, Long> waiting, Reconciled reconciled) {
    /** Whether Stripe has and shows everything. */
    public boolean isComplete() {
        return left == 0
                && waiting.isEmpty()
                && reconciled.isInOrder()
                && reconciled.kinds().keySet().stream().allMatch(kind -> kind == Kind.OK);
    }
}
