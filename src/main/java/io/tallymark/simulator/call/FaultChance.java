package io.tallymark.simulator.call;

import java.util.List;
import java.util.Random;

/**
 * Faults by chance: the same seed and the same order of calls give the same faults.
 *
 * @param random seeded by the test
 * @param probability of any fault, 0 to 1
 * @param which of them, each as likely
 */
record FaultChance(Random random, double probability, List<Fault> which) {
    static final FaultChance NEVER = new FaultChance(new Random(0), 0, List.of());

    FaultChance {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability must be 0 to 1: " + probability);
        }
        if (probability > 0 && which.isEmpty()) {
            throw new IllegalArgumentException("a probability needs at least one fault");
        }
    }

    Fault draw() {
        if (probability == 0 || random.nextDouble() >= probability) {
            return Fault.NONE;
        }
        return which.get(random.nextInt(which.size()));
    }
}
