package io.tallymark.bench;

import io.tallymark.config.SettingsLoader;
import io.tallymark.ingest.BoundedUsageEvents;
import io.tallymark.ingest.BoundedUsageEvents.Span;
import io.tallymark.ingest.IngestSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** The two jobs that write nothing: what they reach is the most that any job on this source could. */
final class ReadingJobs {
    private ReadingJobs() {}

    static void addRawRead(StreamExecutionEnvironment env, RunPlan plan) {
        KafkaSource<byte[]> source = KafkaSource.<byte[]>builder()
                .setBootstrapServers(plan.bootstrapServers())
                .setTopics(plan.topic())
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(OffsetsInitializer.latest())
                .setProperty(FetchedRecords.PROPERTY, FetchedRecords.class.getName())
                .setDeserializer(KafkaRecordDeserializationSchema.valueOnly(new Unread()))
                .build();
        add(env, source);
    }

    static void addParseOnly(StreamExecutionEnvironment env, RunPlan plan)
            throws ExecutionException, InterruptedException {
        IngestSettings settings =
                SettingsLoader.fromText("bench", TallymarkJobs.yaml(plan)).ingest();
        add(env, BoundedUsageEvents.source(settings, spans(plan)));
    }

    private static <T> void add(StreamExecutionEnvironment env, Source<T, ?, ?> source) {
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "read").sinkTo(new CountingSink<>());
    }

    private static Map<Integer, Span> spans(RunPlan plan) throws ExecutionException, InterruptedException {
        Map<Integer, Span> spans = new HashMap<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", plan.bootstrapServers()))) {
            TopicDescription topic = admin.describeTopics(List.of(plan.topic()))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next();
            for (TopicPartitionInfo info : topic.partitions()) {
                TopicPartition partition = new TopicPartition(plan.topic(), info.partition());
                ListOffsetsResultInfo end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                        .partitionResult(partition)
                        .get();
                spans.put(info.partition(), new Span(0, end.offset()));
            }
        }
        return spans;
    }

    /** Hands the bytes on as they are. */
    private static final class Unread extends AbstractDeserializationSchema<byte[]> {
        private static final long serialVersionUID = 1L;

        @Override
        public byte[] deserialize(byte[] bytes) throws IOException {
            return bytes;
        }
    }
}
