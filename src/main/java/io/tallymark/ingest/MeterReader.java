package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Meter;
import io.tallymark.usage.RejectReason;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Applies one meter to one event: the filter, the quantity and the group-by values. */
final class MeterReader {
    private final Meter meter;
    private final DimensionsReader dimensions;

    MeterReader(Meter meter, InputBounds bounds, DimensionsCache cache) {
        this.meter = meter;
        this.dimensions = new DimensionsReader(meter, bounds, cache);
    }

    /** Where it looks in an event. */
    List<String> paths() {
        List<String> paths = new ArrayList<>(dimensions.paths());
        paths.addAll(meter.where().keySet());
        if (meter.aggregation() != Aggregation.COUNT) {
            paths.add(meter.valuePath());
        }
        return paths;
    }

    /** What the event adds to this meter; null when the meter's filter leaves it out, or its time is before the meter's own. */
    @Nullable
    Measurement read(CloudEvent event, long timeMillis) throws RejectException {
        if (timeMillis < meter.effectiveFromMillis() || !matchesFilter(event)) {
            return null;
        }
        return new Measurement(meter.metric(), dimensions.read(event), quantity(event));
    }

    private boolean matchesFilter(CloudEvent event) throws RejectException {
        for (Map.Entry<String, String> condition : meter.where().entrySet()) {
            JsonNode value = event.at(condition.getKey());
            if (value == null || !text(condition.getKey(), value).equals(condition.getValue())) {
                return false;
            }
        }
        return true;
    }

    private BigDecimal quantity(CloudEvent event) throws RejectException {
        if (meter.aggregation() == Aggregation.COUNT) {
            return BigDecimal.ONE;
        }
        String path = meter.valuePath();
        JsonNode value = event.at(path);
        if (value == null) {
            throw new RejectException(
                    RejectReason.MISSING_ATTRIBUTE, path + " is missing; the meter " + meter.metric() + " needs it");
        }
        return QuantityReader.read(path, value, meter.negativeAllowed());
    }

    /** The text of a single value, as filters and dimensions see it. */
    static String text(String path, JsonNode value) throws RejectException {
        if (value.isContainerNode()) {
            throw new RejectException(
                    RejectReason.WRONG_TYPE,
                    path + " must be a string, number or boolean, not " + RejectException.shown(value));
        }
        return value.asText();
    }
}
