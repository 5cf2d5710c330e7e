package io.tallymark.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest calls, at most {@value #MOST_KEPT}, and the number of all of them: the witness of what really arrived. Thread safe. */
final class RequestLog {
    static final int MOST_KEPT = 10_000;

    private final Deque<LoggedRequest> newest = new ArrayDeque<>();
    private long count;

    synchronized void add(LoggedRequest request) {
        count++;
        newest.addLast(request);
        if (newest.size() > MOST_KEPT) {
            newest.removeFirst();
        }
    }

    /** Oldest first. */
    synchronized List<LoggedRequest> kept() {
        return List.copyOf(newest);
    }

    synchronized long count() {
        return count;
    }
}
