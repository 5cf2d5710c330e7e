package io.tallymark.embedded.traffic;

import java.util.List;

/**
 * What determines the traffic: equal settings and equal append times give equal bytes.
 *
 * @param seed start of all random choices; also part of the event ids, so two seeds never make the same event
 * @param topic topic of the records
 * @param records number of records, repeats and unusable ones included; {@link Long#MAX_VALUE} for no end
 * @param partitions number of partitions to spread over, at least 1
 * @param customers number of customers, at least 1; the first is the hot one
 * @param mix shares of the unusual
 * @param prefix put before customers and sources, so that two kinds of traffic in one topic never share an identity; mostly empty
 */
public record TrafficSettings(
        long seed, String topic, long records, int partitions, int customers, TrafficMix mix, String prefix) {
    private static final int CUSTOMERS = 200;

    public TrafficSettings {
        if (records < 0 || partitions < 1 || customers < 1) {
            throw new IllegalArgumentException("traffic needs records >= 0, partitions >= 1 and customers >= 1");
        }
    }

    /** Without a prefix. */
    public TrafficSettings(long seed, String topic, long records, int partitions, int customers, TrafficMix mix) {
        this(seed, topic, records, partitions, customers, mix, "");
    }

    /** The usual mix of 200 customers. */
    public static TrafficSettings standard(long seed, String topic, long records, int partitions) {
        return new TrafficSettings(seed, topic, records, partitions, CUSTOMERS, TrafficMix.standard());
    }

    /** All customers that appear in countable events, the hot one first. */
    public List<String> customerIds() {
        return Customers.ids(prefix, customers);
    }
}
