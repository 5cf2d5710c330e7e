package io.tallymark.ingest;

import io.tallymark.usage.HeaderNames;
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
import java.util.function.Function;

/**
 * Decides what a record is: an accepted event or void, a rejection, or nothing that any meter listens to. A pure function of the
 * record's bytes and append time, in this order: size, readable, attributes, type, time, meters. Whatever the record, exactly one of
 * the three comes out, and never an exception.
 */
final class EventDecoder {
    private static final String MISMATCH = "the void's time or content is not that of the event counted under this id";

    private final InputBounds bounds;
    private final CloudEventReader reader;
    private final EventTime eventTime;
    private final boolean unknownTypesRejected;
    private final Map<String, List<MeterReader>> metersByType = new HashMap<>();

    EventDecoder(List<Meter> meters, Duration maxLateness, InputBounds bounds, boolean unknownTypesRejected) {
        this(meters, maxLateness, bounds, unknownTypesRejected, readers -> {
            EventScanner scanner = new EventScanner(EventScanner.paths(readers), bounds);
            return new CloudEventReader(bounds, scanner::scan);
        });
    }

    private EventDecoder(
            List<Meter> meters,
            Duration maxLateness,
            InputBounds bounds,
            boolean unknownTypesRejected,
            Function<List<MeterReader>, CloudEventReader> reader) {
        this.bounds = bounds;
        this.eventTime = new EventTime(maxLateness);
        this.unknownTypesRejected = unknownTypesRejected;
        DimensionsCache dimensions = new DimensionsCache();
        for (Meter meter : meters) {
            metersByType
                    .computeIfAbsent(meter.eventType(), type -> new ArrayList<>())
                    .add(new MeterReader(meter, bounds, dimensions));
        }
        this.reader = reader.apply(
                metersByType.values().stream().flatMap(List::stream).toList());
    }

    /** One that reads every record as a tree: what the scanner is measured against. */
    static EventDecoder byTrees(
            List<Meter> meters, Duration maxLateness, InputBounds bounds, boolean unknownTypesRejected) {
        return new EventDecoder(
                meters,
                maxLateness,
                bounds,
                unknownTypesRejected,
                readers -> new CloudEventReader(bounds, record -> Optional.empty()));
    }

    Ingested decode(RawRecord record) {
        try {
            Optional<UsageEvent> event = decode(record, reader.read(record));
            return event.isPresent()
                    ? Ingested.accepted(event.get())
                    : Ingested.ignored(record.origin(), record.appendTimeMillis());
        } catch (RejectException e) {
            return Ingested.rejected(record.rejected(e.reason(), e.detail()));
        } catch (RuntimeException e) {
            // A fault of ours. It would meet every restart again, at this record: as a letter the record is kept and
            // the job goes on.
            return Ingested.rejected(record.rejected(
                    RejectReason.UNREADABLE, "the decoder failed: " + RejectException.shown(e.toString())));
        }
    }

    private Optional<UsageEvent> decode(RawRecord record, CloudEvent event) throws RejectException {
        String id = event.key("id", bounds.maxIdChars());
        String source = event.key("source", bounds.maxIdChars());
        String type = event.key("type", bounds.maxIdChars());
        String customer = event.key("subject", bounds.maxCustomerChars());
        boolean isVoid = event.isVoid();
        Optional<String> time = event.attribute("time");
        long timeMillis = time.isPresent() ? EventTime.parse("time", time.get()) : firstAppendTime(record);

        List<MeterReader> meters = metersByType.get(type);
        if (meters == null) {
            return unknown(type);
        }
        eventTime.check(timeMillis, record.appendTimeMillis());
        event.requireObject();
        List<Measurement> measurements = measure(event, timeMillis, meters);
        if (measurements.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new UsageEvent(
                source,
                id,
                customer,
                timeMillis,
                time.isPresent(),
                record.appendTimeMillis(),
                record.origin(),
                measurements,
                isVoid ? record.rejected(RejectReason.VOID_MISMATCH, MISMATCH) : null));
    }

    /** A redriven record says when it was first appended, and so it is counted in the hour in which it would have been. */
    private static long firstAppendTime(RawRecord record) throws RejectException {
        // The first of them: a letter of a record that was redriven before has a later one behind it.
        Optional<String> first = record.firstHeader(HeaderNames.APPEND_TIME);
        return first.isPresent()
                ? EventTime.parse("the header " + HeaderNames.APPEND_TIME, first.get())
                : record.appendTimeMillis();
    }

    private Optional<UsageEvent> unknown(String type) throws RejectException {
        if (unknownTypesRejected) {
            throw new RejectException(
                    RejectReason.UNKNOWN_TYPE, "no meter listens to the type " + RejectException.shown(type));
        }
        return Optional.empty();
    }

    private static List<Measurement> measure(CloudEvent event, long timeMillis, List<MeterReader> meters)
            throws RejectException {
        List<Measurement> measurements = new ArrayList<>(meters.size());
        for (MeterReader meter : meters) {
            Measurement measurement = meter.read(event, timeMillis);
            if (measurement != null) {
                measurements.add(measurement);
            }
        }
        return measurements;
    }
}
