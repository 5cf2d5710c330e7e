package io.tallymark.dedup;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Origin;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;

/** Where the record of a void is: a void that waits has a line in the balance sheet that changes when its event comes. */
public record WaitingVoid(Origin origin, long appendTimeMillis) {
    static WaitingVoid of(UsageEvent event) {
        return new WaitingVoid(event.origin(), event.appendTimeMillis());
    }

    /** It waits no longer. */
    IntakeEntry revoked() {
        return IntakeEntry.revoked(Outcome.VOID_WAITING, origin, appendTimeMillis);
    }

    IntakeEntry became(Outcome outcome, String detail) {
        return IntakeEntry.decided(outcome, detail, origin, appendTimeMillis);
    }

    /** Its dead letter. The state holds no bytes, so the letter has none: they are at the origin. */
    Rejection refusal() {
        return Rejection.withoutBytes(
                origin,
                appendTimeMillis,
                RejectReason.VOID_MISMATCH,
                "the event that came after this void has another time or content; the void's record is at its origin");
    }
}
