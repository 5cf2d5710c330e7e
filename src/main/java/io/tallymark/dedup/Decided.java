package io.tallymark.dedup;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;

/** Where the results of {@link CountOnce} go. */
interface Decided {
    /** Into the totals, or out of them again. */
    void pass(UsageEvent event);

    /** A line for the balance sheet. */
    void settle(IntakeEntry line);

    /** A void that does not match what was counted. */
    void refuse(Rejection refusal);
}
