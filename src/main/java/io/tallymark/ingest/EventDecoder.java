package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Meter;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.UsageEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what a record is: an accepted event, a rejection, or nothing that any meter listens to. A pure function of the record's bytes
 * and append time, in this order: readable, attributes, type, time, meters.
 */
final class EventDecoder {
    private final CloudEventReader reader = new CloudEventReader();
    private final EventTime eventTime;
    private final Map<String, List<MeterReader>> metersByType = new HashMap<>();

    EventDecoder(List<Meter> meters, Duration maxLateness) {
        this.eventTime = new EventTime(maxLateness);
        for (Meter meter : meters) {
            metersByType
                    .computeIfAbsent(meter.eventType(), type -> new ArrayList<>())
                    .add(new MeterReader(meter));
        }
    }

    Ingested decode(RawRecord record) {
        try {
            return decode(record, reader.read(record))
                    .map(Ingested::accepted)
                    .orElseGet(() -> Ingested.ignored(record.origin(), record.appendTimeMillis()));
        } catch (RejectException e) {
            return Ingested.rejected(record.rejected(e.reason(), e.detail()));
        }
    }

    private Optional<UsageEvent> decode(RawRecord record, CloudEvent event) throws RejectException {
        String id = KeyText.checked("id", event.required("id"), KeyText.MAX_ID_CHARS);
        String source = KeyText.checked("source", event.required("source"), KeyText.MAX_ID_CHARS);
        String type = event.required("type");
        String customer = KeyText.checked("subject", event.required("subject"), KeyText.MAX_CUSTOMER_CHARS);
        Optional<String> time = event.attribute("time");
        long appendTimeMillis = record.appendTimeMillis();
        long timeMillis = time.isPresent() ? EventTime.parse(time.get()) : appendTimeMillis;

        List<MeterReader> meters = metersByType.get(type);
        if (meters == null) {
            return Optional.empty();
        }
        eventTime.check(timeMillis, appendTimeMillis);
        requireObject(event.data());
        List<Measurement> measurements = measure(event, meters);
        return measurements.isEmpty()
                ? Optional.empty()
                : Optional.of(new UsageEvent(
                        source,
                        id,
                        customer,
                        timeMillis,
                        time.isPresent(),
                        appendTimeMillis,
                        record.origin(),
                        measurements,
                        null));
    }

    private static void requireObject(JsonNode data) throws RejectException {
        if (!data.isMissingNode() && !data.isNull() && !data.isObject()) {
            throw new RejectException(
                    RejectReason.WRONG_TYPE,
                    "data must be a JSON object, not " + RejectException.shown(data.toString()));
        }
    }

    private static List<Measurement> measure(CloudEvent event, List<MeterReader> meters) throws RejectException {
        List<Measurement> measurements = new ArrayList<>(meters.size());
        for (MeterReader meter : meters) {
            meter.read(event).ifPresent(measurements::add);
        }
        return measurements;
    }
}
