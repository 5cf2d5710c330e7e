package io.tallymark.aggregate;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the aggregate stage needs to know.
 *
 * @param maxLateness how long an hour stays open for revisions
 * @param earlyResults within this time a changed hour is in the table
 * @param aggregationByMetric how each meter's quantities become a total
 */
public record AggregateSettings(
        Duration maxLateness, Duration earlyResults, Map<String, Aggregation> aggregationByMetric)
        implements Serializable {
    public static final Duration DEFAULT_EARLY_RESULTS = Duration.ofSeconds(60);

    public AggregateSettings {
        aggregationByMetric = Map.copyOf(aggregationByMetric);
    }

    public static AggregateSettings of(Duration maxLateness, Duration earlyResults, List<Meter> meters) {
        Map<String, Aggregation> aggregations = new HashMap<>();
        meters.forEach(meter -> aggregations.put(meter.metric(), meter.aggregation()));
        return new AggregateSettings(maxLateness, earlyResults, aggregations);
    }
}
