package io.tallymark.simulator.call;

import java.util.concurrent.atomic.AtomicLong;

/** Object ids that look like Stripe's and count up, so that a run repeats exactly. */
public final class Ids {
    private final String prefix;
    private final AtomicLong last = new AtomicLong();

    public Ids(String prefix) {
        this.prefix = prefix;
    }

    public String next() {
        return String.format("%s%014d", prefix, last.incrementAndGet());
    }
}
