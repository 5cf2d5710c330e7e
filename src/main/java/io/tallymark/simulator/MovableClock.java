package io.tallymark.simulator;

import java.time.Duration;
import java.time.InstantSource;

/** A clock that can be moved while a simulator runs by it. */
public interface MovableClock extends InstantSource {
    /** Moves by a duration, back if it is negative. */
    void advance(Duration step);
}
