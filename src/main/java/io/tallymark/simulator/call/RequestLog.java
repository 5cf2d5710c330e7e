package io.tallymark.simulator.call;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest calls, bounded, and the number of all of them: the witness of what really arrived. Thread safe. */
public final class RequestLog {
    static final int DEFAULT_MOST = 10_000;

    private final Deque<LoggedRequest> newest = new ArrayDeque<>();
    private int most = DEFAULT_MOST;
    private long count;

    public synchronized void add(LoggedRequest request) {
        count++;
        newest.addLast(request);
        trim();
    }

    public synchronized void keep(int requests) {
        if (requests < 0) {
            throw new IllegalArgumentException("cannot keep " + requests + " requests");
        }
        most = requests;
        trim();
    }

    /** Oldest first. */
    public synchronized List<LoggedRequest> kept() {
        return List.copyOf(newest);
    }

    public synchronized long count() {
        return count;
    }

    private void trim() {
        while (newest.size() > most) {
            newest.removeFirst();
        }
    }
}
