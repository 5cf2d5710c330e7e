package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Meter;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Applies one meter to one event: the filter, the quantity and the group-by values. */
final class MeterReader {
    private final Meter meter;
    private final int maxDimensionsBytes;
    /** Name in the table to path in the event, sorted by name: the canonical form of {@code dimensions}. */
    private final TreeMap<String, String> dimensionPathByName = new TreeMap<>();

    MeterReader(Meter meter, InputBounds bounds) {
        this.meter = meter;
        this.maxDimensionsBytes = bounds.maxDimensionsBytes();
        for (String path : meter.dimensionPaths()) {
            dimensionPathByName.put(path.substring(path.lastIndexOf('.') + 1), path);
        }
    }

    /** Where it looks in an event. */
    List<String> paths() {
        List<String> paths = new ArrayList<>(dimensionPathByName.values());
        paths.addAll(meter.where().keySet());
        if (meter.aggregation() != Aggregation.COUNT) {
            paths.add(meter.valuePath());
        }
        return paths;
    }

    /** What the event adds to this meter; empty when the meter's filter leaves it out, or its time is before the meter's own. */
    Optional<Measurement> read(CloudEvent event, long timeMillis) throws RejectException {
        if (timeMillis < meter.effectiveFromMillis() || !matchesFilter(event)) {
            return Optional.empty();
        }
        return Optional.of(new Measurement(meter.metric(), dimensions(event), quantity(event)));
    }

    private boolean matchesFilter(CloudEvent event) throws RejectException {
        for (Map.Entry<String, String> condition : meter.where().entrySet()) {
            Optional<JsonNode> value = event.at(condition.getKey());
            if (value.isEmpty() || !text(condition.getKey(), value.get()).equals(condition.getValue())) {
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
        Optional<JsonNode> value = event.at(path);
        if (value.isEmpty()) {
            throw new RejectException(
                    RejectReason.MISSING_ATTRIBUTE, path + " is missing; the meter " + meter.metric() + " needs it");
        }
        return QuantityReader.read(path, value.get(), meter.negativeAllowed());
    }

    private String dimensions(CloudEvent event) throws RejectException {
        if (dimensionPathByName.isEmpty()) {
            return UsageKey.NO_DIMENSIONS;
        }
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, String> dimension : dimensionPathByName.entrySet()) {
            Optional<JsonNode> value = event.at(dimension.getValue());
            // An absent value leaves its name out, so that it is a group of its own and SQL reads it as NULL.
            if (value.isPresent()) {
                String text = text(dimension.getValue(), value.get());
                values.put(dimension.getKey(), KeyText.checked(dimension.getValue(), text, maxDimensionsBytes));
            }
        }
        return KeyText.checkedDimensions("dimensions of " + meter.metric(), values.toString(), maxDimensionsBytes);
    }

    private static String text(String path, JsonNode value) throws RejectException {
        if (value.isContainerNode()) {
            throw new RejectException(
                    RejectReason.WRONG_TYPE,
                    path + " must be a string, number or boolean, not " + RejectException.shown(value));
        }
        return value.asText();
    }
}
