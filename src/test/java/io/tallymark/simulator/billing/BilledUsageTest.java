package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** What is invoiced in the end is the usage that met an open stretch of a subscription, unit by unit. */
class BilledUsageTest {
    private static final int RUNS = 10;

    /** The seed is printed; {@code -Dbilling.seed=S} repeats it. */
    @Test
    void everyUnitIsInvoicedOnceOrNotForAReason() {
        long seed = Long.getLong("billing.seed", 20_261_126);
        long units = 0;
        for (int run = 0; run < RUNS; run++) {
            try (RandomSubscriber subscriber = new RandomSubscriber(seed + run, run % 2 == 0)) {
                long expected = subscriber.live();
                assertThat(subscriber.rig().billedQuantity())
                        .as("run %d of seed %d", run, seed)
                        .isEqualByComparingTo(BigDecimal.valueOf(expected));
                units += expected;
            }
        }
        System.out.println("billed usage: " + RUNS + " random lives, " + units + " units, seed " + seed);
    }
}
