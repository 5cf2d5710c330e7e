package io.tallymark.simulator.metering;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The identifiers of the last 24 hours: a repeat is refused, and counts again once its first use is older. Thread safe. */
public final class Identifiers {
    static final Duration REMEMBERED = Duration.ofHours(24);

    private final Map<String, UsageEvent> oldestFirst = new LinkedHashMap<>();

    /** True for the first use within 24 hours. */
    synchronized boolean claim(UsageEvent event) {
        forget(event.receivedAt());
        return oldestFirst.putIfAbsent(event.identifier(), event) == null;
    }

    /** The event of an identifier that is still remembered. */
    synchronized Optional<UsageEvent> find(String identifier, Instant now) {
        forget(now);
        return Optional.ofNullable(oldestFirst.get(identifier));
    }

    private void forget(Instant now) {
        Instant horizon = now.minus(REMEMBERED);
        Iterator<UsageEvent> events = oldestFirst.values().iterator();
        while (events.hasNext() && !events.next().receivedAt().isAfter(horizon)) {
            events.remove();
        }
    }
}
