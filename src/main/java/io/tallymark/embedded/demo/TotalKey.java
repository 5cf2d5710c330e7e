package io.tallymark.embedded.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallymark.usage.BillingHour;
import java.util.Map;
import java.util.TreeMap;

/** Names one total; {@code dimensions} are in a canonical order, whoever printed the JSON. */
record TotalKey(String metric, String customerId, Map<String, String> dimensions, BillingHour hour)
        implements Comparable<TotalKey> {
    private static final ObjectMapper JSON = new ObjectMapper();

    static TotalKey of(String metric, String customerId, String dimensionsJson, BillingHour hour) {
        Map<String, String> dimensions = new TreeMap<>();
        try {
            JSON.readTree(dimensionsJson)
                    .properties()
                    .forEach(entry ->
                            dimensions.put(entry.getKey(), entry.getValue().toString()));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("dimensions are no JSON: " + dimensionsJson, e);
        }
        return new TotalKey(metric, customerId, dimensions, hour);
    }

    /** The same total without its dimensions: what Stripe is told. */
    TotalKey reported() {
        return new TotalKey(metric, customerId, Map.of(), hour);
    }

    @Override
    public int compareTo(TotalKey other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return hour + " " + metric + " " + customerId + (dimensions.isEmpty() ? "" : " " + dimensions);
    }
}
