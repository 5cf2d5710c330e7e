package io.tallymark.simulator.call;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Admits one call at a time per customer and meter, or item; a second one is refused with {@code lock_timeout}. Thread safe. */
public final class CallsInFlight<K> {
    private final Set<K> busy = ConcurrentHashMap.newKeySet();

    /** Takes the key until the call ends. */
    public void enter(K key, CallEnd end) {
        if (!busy.add(key)) {
            throw Refusal.lockTimeout();
        }
        end.then(() -> busy.remove(key));
    }
}
