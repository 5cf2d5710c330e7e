package io.tallymark.topology.wire;

import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Accepted events and voids on their way from the source to dedup. */
public final class UsageEventSerializer extends WireSerializer<UsageEvent> {
    private static final long serialVersionUID = 1L;
    private static final int VERSION = 1;
    private static final int TIME_GIVEN = 1;
    private static final int IS_VOID = 2;

    public UsageEventSerializer() {
        super(UsageEvent.class, VERSION);
    }

    @Override
    void write(UsageEvent event, WireOutput to) {
        Rejection refusal = event.refusal();
        to.octet((event.timeGiven() ? TIME_GIVEN : 0) | (refusal == null ? 0 : IS_VOID));
        to.sharedText(event.source());
        to.text(event.id());
        to.sharedText(event.customerId());
        to.number(event.timeMillis());
        to.number(event.appendTimeMillis());
        writeOrigin(event.origin(), to);
        writeMeasurements(event.measurements(), to);
        to.fingerprint(event.fingerprint());
        to.fixed(event.contentCheck());
        if (refusal != null) {
            writeRejection(refusal, to);
        }
    }

    @Override
    UsageEvent read(WireInput from) {
        int flags = from.octet();
        return new UsageEvent(
                from.sharedText(),
                from.text(),
                from.sharedText(),
                from.number(),
                (flags & TIME_GIVEN) != 0,
                from.number(),
                readOrigin(from),
                readMeasurements(from),
                from.fingerprint(),
                from.fixed(),
                (flags & IS_VOID) == 0 ? null : readRejection(from));
    }

    private static void writeOrigin(Origin origin, WireOutput to) {
        to.sharedText(origin.topic());
        to.number(origin.partition());
        to.number(origin.offset());
    }

    private static Origin readOrigin(WireInput from) {
        return new Origin(from.sharedText(), (int) from.number(), from.number());
    }

    private static void writeMeasurements(List<Measurement> measurements, WireOutput to) {
        to.number(measurements.size());
        for (Measurement measurement : measurements) {
            to.sharedText(measurement.metric());
            to.sharedText(measurement.dimensions());
            to.decimal(measurement.quantity());
        }
    }

    private static List<Measurement> readMeasurements(WireInput from) {
        int size = (int) from.number();
        if (size == 1) {
            return List.of(readMeasurement(from));
        }
        List<Measurement> measurements = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            measurements.add(readMeasurement(from));
        }
        return measurements;
    }

    private static Measurement readMeasurement(WireInput from) {
        return new Measurement(from.sharedText(), from.sharedText(), from.decimal());
    }

    private static void writeRejection(Rejection refusal, WireOutput to) {
        writeOrigin(refusal.origin(), to);
        to.number(refusal.appendTimeMillis());
        to.bytes(refusal.key());
        to.bytes(refusal.value());
        to.number(refusal.headers().size());
        for (RecordHeader header : refusal.headers()) {
            to.sharedText(header.name());
            to.bytes(header.value());
        }
        to.sharedText(refusal.reason().name());
        to.sharedText(refusal.detail());
        to.octet(refusal.bytesAtOrigin() ? 1 : 0);
    }

    private static Rejection readRejection(WireInput from) {
        return new Rejection(
                readOrigin(from),
                from.number(),
                from.bytes(),
                from.bytes(),
                readHeaders(from),
                RejectReason.valueOf(from.sharedText()),
                from.sharedText(),
                from.octet() == 1);
    }

    private static List<RecordHeader> readHeaders(WireInput from) {
        int size = (int) from.number();
        List<RecordHeader> headers = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            headers.add(new RecordHeader(from.sharedText(), from.bytes()));
        }
        return headers;
    }

    @Override
    public UsageEvent createInstance() {
        throw new UnsupportedOperationException("an event is not made without its fields");
    }

    @Override
    public TypeSerializer<UsageEvent> duplicate() {
        return new UsageEventSerializer();
    }

    @Override
    public TypeSerializerSnapshot<UsageEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in a job's metadata. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<UsageEvent> {
        public Snapshot() {
            super(UsageEventSerializer::new);
        }
    }
}
