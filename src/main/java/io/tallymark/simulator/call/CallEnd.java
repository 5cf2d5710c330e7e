package io.tallymark.simulator.call;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a call holds until just before its reply leaves: its customer and its Idempotency-Key. A client that has the reply therefore
 * finds both free. One thread at a time.
 */
public final class CallEnd {
    private final Deque<Runnable> steps = new ArrayDeque<>(2);

    void then(Runnable step) {
        steps.push(step);
    }

    /** Runs what was registered last first; a second time does nothing. */
    public void run() {
        while (!steps.isEmpty()) {
            steps.pop().run();
        }
    }
}
