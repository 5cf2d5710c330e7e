package io.tallymark.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tallymark.usage.Meter;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What of a configuration decides on counts: the job keeps it beside its sign of life, so that a new configuration can be compared
 * with it.
 *
 * @param maxLateness as {@link DurationText} prints it
 * @param meters by metric
 */
public record MeteringConfiguration(String maxLateness, SortedMap<String, Rule> meters) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * What one meter counts; see {@link Meter}.
     *
     * @param where path to required value
     */
    public record Rule(
            String eventType,
            String aggregation,
            String value,
            List<String> dimensions,
            SortedMap<String, String> where,
            boolean negativeAllowed,
            long effectiveFromMillis) {
        private static Rule of(Meter meter) {
            return new Rule(
                    meter.eventType(),
                    meter.aggregation().name().toLowerCase(Locale.ROOT),
                    meter.valuePath(),
                    meter.dimensionPaths(),
                    new TreeMap<>(meter.where()),
                    meter.negativeAllowed(),
                    meter.effectiveFromMillis());
        }
    }

    public static MeteringConfiguration of(Settings settings) {
        SortedMap<String, Rule> meters = new TreeMap<>();
        settings.ingest().meters().forEach(meter -> meters.put(meter.metric(), Rule.of(meter)));
        return new MeteringConfiguration(DurationText.print(settings.ingest().maxLateness()), meters);
    }

    /**
     * Reads what {@link #json} wrote, in this version or an older one.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static MeteringConfiguration parse(String json) {
        try {
            return JSON.readValue(json, MeteringConfiguration.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no configuration of a metering job: " + json, e);
        }
    }

    public String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of texts must have a JSON form", e);
        }
    }
}
