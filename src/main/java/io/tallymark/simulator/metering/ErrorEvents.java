package io.tallymark.simulator.metering;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest dropped events, at most {@value #MOST_KEPT}, and the reports that Stripe makes of all of them. Thread safe. */
public final class ErrorEvents {
    static final int MOST_KEPT = 10_000;

    private final Deque<ErrorEvent> newest = new ArrayDeque<>();
    private final ErrorReports reports = new ErrorReports();

    synchronized void add(ErrorEvent event) {
        newest.addLast(event);
        if (newest.size() > MOST_KEPT) {
            newest.removeFirst();
        }
        reports.add(event);
    }

    /** Oldest first. */
    public synchronized List<ErrorEvent> kept() {
        return List.copyOf(newest);
    }

    public ErrorReports reports() {
        return reports;
    }
}
