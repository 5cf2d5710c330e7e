package io.tallymark.proof;

import io.tallymark.embedded.traffic.AppendTime;
import io.tallymark.embedded.traffic.Traffic;
import io.tallymark.embedded.traffic.TrafficMix;
import io.tallymark.embedded.traffic.TrafficRecord;
import io.tallymark.embedded.traffic.TrafficSettings;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthKeeper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One fifth well-formed traffic of customers and sources of its own, whose truth is known, and four fifths damaged records of others.
 * Append times go forward over a day.
 */
final class FuzzFeed {
    static final String GOOD = "good-";
    private static final int MAX_REQUEST_BYTES = 4 << 20;

    private final String topic;
    private final int partitions;
    private final long records;
    private final SplittableRandom random;
    private final Mutator mutator;
    private final Traffic good;
    private final Traffic others;
    private final TruthKeeper truth = new TruthKeeper();
    private long nowMillis;

    FuzzFeed(String topic, int partitions, long records, long seed) {
        this.topic = topic;
        this.partitions = partitions;
        this.records = records;
        this.random = new SplittableRandom(seed);
        this.mutator = new Mutator(random.split());
        AppendTime now = new Now(index -> nowMillis);
        this.good = new Traffic(
                new TrafficSettings(seed, topic, records / 4 + 1_000, partitions, 30, TrafficMix.eventful(), GOOD),
                now);
        this.others =
                new Traffic(new TrafficSettings(seed + 1, topic, records, partitions, 30, TrafficMix.standard()), now);
    }

    /** The time of the record that is being made. */
    private record Now(LongUnaryOperator millis) implements AppendTime {
        @Override
        public long millisOf(long index) {
            return millis.applyAsLong(index);
        }

        @Override
        public OptionalLong closingMillis() {
            return OptionalLong.empty();
        }
    }

    /** Sends everything, and at the end one record a partition that closes the last hours; returns the number of records. */
    long send(String bootstrapServers, AppendTime day) {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(bootstrapServers)) {
            for (long index = 0; index < records; index++) {
                nowMillis = day.millisOf(index);
                send(producer, next(), failure);
            }
            for (int partition = 0; partition < partitions; partition++) {
                byte[] closing = "closing".getBytes(StandardCharsets.US_ASCII);
                long append = day.closingMillis().orElseThrow();
                send(producer, new ProducerRecord<>(topic, partition, append, null, closing), failure);
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("a record was not stored", failure.get());
        }
        return records + partitions;
    }

    /** What must be counted for the customers whose names begin with {@link #GOOD}. */
    Truth truth() {
        return truth.truth();
    }

    private ProducerRecord<byte[], byte[]> next() {
        if (random.nextInt(5) == 0) {
            TrafficRecord record = good.next();
            truth.stored(record.expectation());
            return record.message();
        }
        return mutator.mutate(others.next().message(), random.nextInt(partitions), nowMillis);
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer,
            ProducerRecord<byte[], byte[]> record,
            AtomicReference<@Nullable Exception> failure) {
        var unused = producer.send(record, (metadata, refused) -> {
            if (refused != null) {
                failure.compareAndSet(null, refused);
            }
        });
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        MAX_REQUEST_BYTES,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        65_536,
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
