package io.tallymark.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest dropped events, at most {@value #MOST_KEPT}. Thread safe. */
final class ErrorEvents {
    static final int MOST_KEPT = 10_000;

    private final Deque<ErrorEvent> newest = new ArrayDeque<>();

    synchronized void add(ErrorEvent event) {
        newest.addLast(event);
        if (newest.size() > MOST_KEPT) {
            newest.removeFirst();
        }
    }

    /** Oldest first. */
    synchronized List<ErrorEvent> kept() {
        return List.copyOf(newest);
    }
}
