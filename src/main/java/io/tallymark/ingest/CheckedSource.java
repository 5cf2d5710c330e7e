package io.tallymark.ingest;

import java.io.IOException;
import java.time.InstantSource;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Flink's Kafka source with readers of ours around its own: they refuse gaps, and where Kafka chooses the timestamps they let the time of a
 * partition go on when it is caught up. Everything else, also the format of the state, is the Kafka source's.
 */
final class CheckedSource
        implements Source<Ingested, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<Ingested> {
    private static final long serialVersionUID = 1L;

    private final KafkaSource<Ingested> kafka;
    private final IngestSettings settings;
    private final StartingPoint start;

    CheckedSource(KafkaSource<Ingested> kafka, IngestSettings settings, StartingPoint start) {
        this.kafka = kafka;
        this.settings = settings;
        this.start = start;
    }

    @Override
    public SourceReader<Ingested, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        TopicReadings readings = KafkaTopicReadings.open(settings);
        OffsetCheck check = new OffsetCheck(start, readings);
        SourceReader<Ingested, KafkaPartitionSplit> reader = kafka.createReader(context);
        if (settings.trustCreateTime()) {
            return new CheckedReader(reader, check, readings);
        }
        EndProbe probe = new EndProbe(readings, InstantSource.system(), System::nanoTime);
        probe.start("end-probe-" + context.getIndexOfSubtask());
        return new TickingReader(reader, check, probe, settings.quietPartition(), System::nanoTime);
    }

    @Override
    public Boundedness getBoundedness() {
        return kafka.getBoundedness();
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return kafka.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state) throws IOException {
        return kafka.restoreEnumerator(context, state);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return kafka.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return kafka.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<Ingested> getProducedType() {
        return kafka.getProducedType();
    }
}
