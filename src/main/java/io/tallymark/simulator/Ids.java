package io.tallymark.simulator;

import java.util.concurrent.atomic.AtomicLong;

/** Object ids that look like Stripe's and count up, so that a run repeats exactly. */
final class Ids {
    private final String prefix;
    private final AtomicLong last = new AtomicLong();

    Ids(String prefix) {
        this.prefix = prefix;
    }

    String next() {
        return String.format("%s%014d", prefix, last.incrementAndGet());
    }
}
