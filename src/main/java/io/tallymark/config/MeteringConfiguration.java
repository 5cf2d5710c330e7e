package io.tallymark.config;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.usage.Meter;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of a configuration decides on counts, and on whether a job can be resumed: the job keeps it beside its sign of life, so that a new
 * configuration can be compared with it.
 *
 * @param maxLateness as {@link DurationText} prints it
 * @param meters by metric
 * @param settings text by key, as tallymark.yaml would say it; what an older version did not keep is missing
 */
public record MeteringConfiguration(
        String maxLateness,
        SortedMap<String, Rule> meters,
        @JsonSetter(nulls = Nulls.AS_EMPTY) SortedMap<String, String> settings) {
    public static final String PIPELINES = "pipelines";
    public static final String RECONCILE = "reconcile.enabled";
    public static final String CLOSE_DELAY = "metering.close-delay";
    public static final String QUIET_PARTITION = "metering.quiet-partition";
    public static final String UNKNOWN_TYPES = "metering.unknown-types";
    public static final String MAX_RECORD_BYTES = "metering.max-record-bytes";

    /** A newer version may have written more. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * What one meter counts; see {@link Meter}.
     *
     * @param where path to required value
     * @param reported whether its totals go to Stripe; null: an older version did not say
     */
    public record Rule(
            String eventType,
            String aggregation,
            String value,
            List<String> dimensions,
            SortedMap<String, String> where,
            boolean negativeAllowed,
            long effectiveFromMillis,
            @Nullable Boolean reported) {
        private static Rule of(Meter meter) {
            return new Rule(
                    meter.eventType(),
                    meter.aggregation().name().toLowerCase(Locale.ROOT),
                    meter.valuePath(),
                    meter.dimensionPaths(),
                    new TreeMap<>(meter.where()),
                    meter.negativeAllowed(),
                    meter.effectiveFromMillis(),
                    meter.stripe().isPresent());
        }
    }

    public static MeteringConfiguration of(Settings settings) {
        SortedMap<String, Rule> meters = new TreeMap<>();
        settings.ingest().meters().forEach(meter -> meters.put(meter.metric(), Rule.of(meter)));
        return new MeteringConfiguration(
                DurationText.print(settings.ingest().maxLateness()), meters, settingsOf(settings));
    }

    private static SortedMap<String, String> settingsOf(Settings settings) {
        IngestSettings ingest = settings.ingest();
        SortedMap<String, String> texts = new TreeMap<>();
        texts.put(
                PIPELINES,
                Stream.of(Pipeline.values())
                        .filter(settings::runs)
                        .map(Pipeline::configName)
                        .collect(Collectors.joining(", ", "[", "]")));
        texts.put(RECONCILE, String.valueOf(settings.reconcile().enabled()));
        texts.put(CLOSE_DELAY, DurationText.print(ingest.closeDelay()));
        texts.put(QUIET_PARTITION, DurationText.print(ingest.quietPartition()));
        texts.put(UNKNOWN_TYPES, ingest.unknownTypesRejected() ? "reject" : "ignore");
        texts.put(MAX_RECORD_BYTES, SizeText.print(ingest.maxRecordBytes()));
        return texts;
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
