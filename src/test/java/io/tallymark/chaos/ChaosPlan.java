package io.tallymark.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What goes wrong and when, drawn from a seed: each kind as often as the others, in any order. */
record ChaosPlan(long seed, List<Step> steps) {
    private static final int LONGEST_CALM_MILLIS = 4_000;
    private static final int SHORTEST_CALM_MILLIS = 300;

    /** @param calm time without a fault before it */
    record Step(Duration calm, Fault fault) {}

    static ChaosPlan draw(long seed, int faults, List<Fault> kinds) {
        Random random = new Random(seed);
        List<Fault> drawn = new ArrayList<>();
        while (drawn.size() < faults) {
            List<Fault> round = new ArrayList<>(kinds);
            Collections.shuffle(round, random);
            drawn.addAll(round);
        }
        return new ChaosPlan(
                seed,
                drawn.stream()
                        .limit(faults)
                        .map(fault -> new Step(
                                Duration.ofMillis(random.nextInt(SHORTEST_CALM_MILLIS, LONGEST_CALM_MILLIS)), fault))
                        .toList());
    }
}
