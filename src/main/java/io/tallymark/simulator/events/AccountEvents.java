package io.tallymark.simulator.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Shelf;
import java.time.Instant;

/** What happened in the account, told to whoever wants to know. Thread safe. */
public final class AccountEvents {
    private final Ids ids = new Ids("evt_");
    private final Shelf<AccountEvent> events = new Shelf<>();

    /**
     * Something happened.
     *
     * @param type such as {@code invoice.created}
     * @param object the whole object afterwards; a copy is kept
     * @param at by the simulator's clock
     */
    public AccountEvent emit(String type, ObjectNode object, Instant at) {
        AccountEvent event = new AccountEvent(ids.next(), type, object.deepCopy(), at);
        events.put(event.id(), event);
        return event;
    }

    /** Whether every endpoint that wants the event has answered with 2xx; true when none wants it. */
    public boolean acknowledged(AccountEvent event) {
        return true;
    }
}
