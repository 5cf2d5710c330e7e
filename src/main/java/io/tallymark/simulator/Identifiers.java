package io.tallymark.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The identifiers of the last 24 hours: a repeat is refused, and counts again once its first use is older. Thread safe. */
final class Identifiers {
    static final Duration REMEMBERED = Duration.ofHours(24);

    private final Map<String, Instant> claimedAt = new HashMap<>();
    private final Deque<String> oldestFirst = new ArrayDeque<>();

    /** True for the first use within 24 hours. */
    synchronized boolean claim(String identifier, Instant now) {
        forget(now.minus(REMEMBERED));
        if (claimedAt.putIfAbsent(identifier, now) != null) {
            return false;
        }
        oldestFirst.addLast(identifier);
        return true;
    }

    private void forget(Instant horizon) {
        while (!oldestFirst.isEmpty()) {
            Instant oldest = claimedAt.getOrDefault(oldestFirst.getFirst(), Instant.MIN);
            if (oldest.isAfter(horizon)) {
                return;
            }
            claimedAt.remove(oldestFirst.removeFirst());
        }
    }
}
