package io.tallymark.bench;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The totals that a watermark emits when it closes an hour: one for each customer, in no order, as keyed state hands them out. */
final class ClosingHour {
    static final String METRIC = "tokens";
    private static final int SEED = 1;
    private static final int MODELS = 7;
    private static final int EVENTS = 40;
    private static final int MOST_MICROS = 2_000_000_000;
    private static final int SCALE = 6;

    private ClosingHour() {}

    static List<HourlyTotal> totals(int rows, BillingHour hour) {
        Random random = new Random(SEED);
        List<HourlyTotal> totals = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            String customer = "customer-%07d".formatted(i);
            UsageKey key = new UsageKey(METRIC, customer, "{\"model\":\"model-" + i % MODELS + "\"}");
            BigDecimal quantity = BigDecimal.valueOf(1 + random.nextInt(MOST_MICROS), SCALE);
            Fingerprint digest = new Fingerprint(random.nextLong(), random.nextLong());
            totals.add(
                    new HourlyTotal(key, hour.epochHour(), quantity, EVENTS, digest.high(), digest.low(), 0, 1, true));
        }
        Collections.shuffle(totals, random);
        return totals;
    }

    static BigDecimal sum(List<HourlyTotal> totals) {
        return totals.stream().map(HourlyTotal::quantity).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
