package io.tallymark.cli;

import java.io.PrintWriter;
import java.time.Duration;

/** A sign of life during long work, at most one line every two seconds and none when the work is short. */
final class ProgressLine {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int PERCENT = 100;

    private final PrintWriter err;
    private final String name;
    private final String verb;
    private final String what;
    private long nextNanos = System.nanoTime() + INTERVAL_NANOS;

    ProgressLine(PrintWriter err, String name) {
        this(err, name, "read", "records");
    }

    ProgressLine(PrintWriter err, String name, String verb, String what) {
        this.err = err;
        this.name = name;
        this.verb = verb;
        this.what = what;
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
        nextNanos = now + INTERVAL_NANOS;
        return true;
    }
}
