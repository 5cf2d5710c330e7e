package io.tallymark.cli;

import java.io.PrintWriter;
import java.time.Duration;

/** A sign of life during long work, at most one line in each interval and none when the work is shorter. */
final class ProgressLine {
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final int PERCENT = 100;

    private final PrintWriter err;
    private final String name;
    private final String verb;
    private final String what;
    private final long intervalNanos;
    private long nextNanos;

    ProgressLine(PrintWriter err, String name) {
        this(err, name, "read", "records");
    }

    ProgressLine(PrintWriter err, String name, String verb, String what) {
        this(err, name, verb, what, INTERVAL);
    }

    /** For work that lasts an hour, say. */
    ProgressLine(PrintWriter err, String name, String verb, String what, Duration interval) {
        this.err = err;
        this.name = name;
        this.verb = verb;
        this.what = what;
        this.intervalNanos = interval.toNanos();
        this.nextNanos = System.nanoTime() + intervalNanos;
    }

    /** Says how much is done, when it is time to and nobody knows of how much. */
    void at(long read) {
        if (isTime()) {
            err.printf("%s: %s %,d %s%n", name, verb, read, what);
        }
    }

    /** Says how far it is, when it is time to. */
    void at(long read, long all) {
        if (isTime()) {
            long percent = all == 0 ? PERCENT : Math.min(PERCENT, read * PERCENT / all);
            err.printf("%s: %s %,d %s, %d %%%n", name, verb, read, what, percent);
        }
    }

    private boolean isTime() {
        long now = System.nanoTime();
        if (now - nextNanos < 0) {
            return false;
        }
        nextNanos = now + intervalNanos;
        return true;
    }
}
