package io.tallymark.ingest;

import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Runs the decoder inside the source, so that bytes are parsed once and before any network. Emits exactly one element a record. */
public final class KafkaRecordDecoder implements KafkaRecordDeserializationSchema<Ingested> {
    private static final long serialVersionUID = 1L;

    private final IngestSettings settings;
    private transient EventDecoder decoder;

    public KafkaRecordDecoder(IngestSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        decoder = new EventDecoder(
                settings.meters(),
                settings.maxLateness(),
                InputBounds.ofRecordBytes(settings.maxRecordBytes()),
                settings.unknownTypesRejected());
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Ingested> out) {
        out.collect(decoder.decode(raw(record)));
    }

    @Override
    public TypeInformation<Ingested> getProducedType() {
        return TypeInformation.of(Ingested.class);
    }

    private static RawRecord raw(ConsumerRecord<byte[], byte[]> record) {
        Origin origin = new Origin(record.topic(), record.partition(), record.offset());
        return new RawRecord(
                origin,
                record.timestamp(),
                record.key(),
                record.value(),
                headers(record.headers().toArray()));
    }

    private static List<RecordHeader> headers(Header[] headers) {
        if (headers.length == 0) {
            return List.of();
        }
        List<RecordHeader> copies = new ArrayList<>(headers.length);
        for (Header header : headers) {
            copies.add(new RecordHeader(header.key(), header.value()));
        }
        return copies;
    }
}
