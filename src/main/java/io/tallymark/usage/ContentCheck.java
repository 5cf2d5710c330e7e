package io.tallymark.usage;

import java.util.Comparator;
import java.util.List;

/**
 * The first 48 bits of SHA-256 over what an event is billed for: customer, time and what it adds to each meter. Fields that no meter
 * reads are not in it, and neither is a time that the event does not state, since that differs from repeat to repeat. What a void takes
 * out is therefore exactly what was added, and a void that the meters of today measure otherwise does not match. Two contents of one
 * identity pass for the same with odds of 2^-48.
 */
public final class ContentCheck {
    public static final int BITS = 48;

    private ContentCheck() {}

    static long of(String customerId, boolean timeGiven, long timeMillis, List<Measurement> measurements) {
        Sha256 sha = Sha256.begin().text(customerId).flag(timeGiven);
        if (timeGiven) {
            sha.number(timeMillis);
        }
        for (Measurement measurement : inOrderOfMetric(measurements)) {
            sha.text(measurement.metric())
                    .text(measurement.dimensions())
                    .text(measurement.quantity().stripTrailingZeros().toString());
        }
        sha.end();
        return sha.word(0) >>> (Long.SIZE - BITS);
    }

    /** So that meters may change places in the configuration between an event and its void. */
    private static List<Measurement> inOrderOfMetric(List<Measurement> measurements) {
        if (measurements.size() == 1) {
            return measurements;
        }
        return measurements.stream()
                .sorted(Comparator.comparing(Measurement::metric))
                .toList();
    }
}
