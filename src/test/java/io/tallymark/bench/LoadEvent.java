package io.tallymark.bench;

import java.util.List;

/**
 * A usage event of the benchmark.
 *
 * @param idHigh first half of the id
 * @param idLow second half of the id
 * @param customer its number
 * @param model index into {@link #MODELS}
 * @param tokens what is summed
 * @param timeMillis its time, ms since the epoch
 */
record LoadEvent(long idHigh, long idLow, int customer, int model, int tokens, long timeMillis) {
    static final List<String> MODELS = List.of("large", "small");
    static final String CUSTOMER_PREFIX = "customer-";
    static final int CUSTOMER_DIGITS = 6;
    /** Markers are of customers from here on. */
    static final int FIRST_MARKER_CUSTOMER = 999_900;

    static final int FEWEST_TOKENS = 100_000;
    static final int MOST_TOKENS = 999_999;

    private static final long SECOND_HALF = 0x5851_f42d_4c95_7f2dL;
    private static final int CHOICES = 3;
    private static final int PUNCTUAL_MILLIS = 2_000;

    /** The event with that number: a function of number and workload, so that a repeat is the same to the last byte. */
    static LoadEvent numbered(long number, Workload load) {
        long own = mix(load.seed() + CHOICES * number);
        long other = mix(load.seed() + CHOICES * number + 1);
        return new LoadEvent(
                own,
                mix(own ^ SECOND_HALF),
                customer(mix(load.seed() + CHOICES * number + 2), load),
                (int) (other >>> 63),
                FEWEST_TOKENS + below(other, MOST_TOKENS - FEWEST_TOKENS + 1),
                load.firstAppendMillis(number) - delayMillis(mix(other), load));
    }

    /** An event that nobody bills: its time moves a partition's watermark. */
    static LoadEvent marker(int partition, long timeMillis) {
        return new LoadEvent(partition, timeMillis, FIRST_MARKER_CUSTOMER + partition, 0, FEWEST_TOKENS, timeMillis);
    }

    String customerId() {
        return CUSTOMER_PREFIX + ("%0" + CUSTOMER_DIGITS + "d").formatted(customer);
    }

    private static int customer(long random, Workload load) {
        return isOneOf(load.hotPerTenThousand(), random) ? 0 : below(mix(random), load.customers());
    }

    private static long delayMillis(long random, Workload load) {
        long most = isOneOf(load.latePerTenThousand(), random) ? load.lateness().toMillis() : PUNCTUAL_MILLIS;
        return Math.floorMod(mix(random), Math.max(1, most));
    }

    private static boolean isOneOf(int perTenThousand, long random) {
        return below(random, Workload.WHOLE) < perTenThousand;
    }

    static int below(long random, int bound) {
        return (int) Math.floorMod(random, (long) bound);
    }

    /** SplitMix64: neighbouring numbers come out unrelated. */
    static long mix(long number) {
        long mixed = number * 0x9e37_79b9_7f4a_7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return mixed ^ (mixed >>> 31);
    }
}
