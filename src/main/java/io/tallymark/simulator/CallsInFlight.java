package io.tallymark.simulator;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Admits one call at a time per customer and meter; a second one is refused with {@code lock_timeout}, not queued. Thread safe. */
final class CallsInFlight {
    private final Set<UsageLedger.Account> busy = ConcurrentHashMap.newKeySet();

    <T> T alone(UsageLedger.Account account, Supplier<T> work) {
        if (!busy.add(account)) {
            throw Refusal.lockTimeout();
        }
        try {
            return work.get();
        } finally {
            busy.remove(account);
        }
    }
}
