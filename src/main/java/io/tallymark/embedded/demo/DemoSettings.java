package io.tallymark.embedded.demo;

import java.time.Duration;

/**
 * What a demo does.
 *
 * @param duration how long the generator replays its simulated day
 * @param eventsPerSecond records a second, wrong and repeated ones included
 * @param seed of all random choices
 * @param loseTaskManager whether Flink's worker is killed in the middle of the day
 * @param replay whether the day is read again at the end, and a falsified row found and mended
 */
public record DemoSettings(Duration duration, int eventsPerSecond, long seed, boolean loseTaskManager, boolean replay) {
    static final int CUSTOMERS = 60;
    static final int PARTITIONS = 4;
    static final int PARALLELISM = 2;

    long records() {
        return Math.max(1, duration.toMillis() * eventsPerSecond / 1_000);
    }
}
