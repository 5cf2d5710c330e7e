package io.tallymark.ingest;

import io.tallymark.usage.UsageEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Decides about a single record exactly as the job does, without a job. */
public final class RecordReader {
    private final KafkaRecordDecoder decoder;

    public RecordReader(IngestSettings settings) {
        decoder = new KafkaRecordDecoder(settings);
        decoder.open(new NoJob());
    }

    /** The accepted event, or void; empty for a record that is rejected or ignored. */
    public Optional<UsageEvent> event(ConsumerRecord<byte[], byte[]> record) {
        List<Ingested> decoded = new ArrayList<>(1);
        decoder.deserialize(record, new Collector<>() {
            @Override
            public void collect(Ingested ingested) {
                decoded.add(ingested);
            }

            @Override
            public void close() {}
        });
        return decoded.stream().flatMap(ingested -> ingested.event().stream()).findFirst();
    }

    private static final class NoJob implements InitializationContext {
        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(RecordReader.class.getClassLoader());
        }
    }
}
