package io.tallymark.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes a workload into a topic, and the truth about it on the way. Records carry their simulated append times. */
final class TopicWriter {
    private final Workload load;
    private final String topic;
    private final EventBytes bytes = new EventBytes();
    private final AtomicReference<@Nullable Exception> refusal = new AtomicReference<>();

    TopicWriter(Workload load, String topic) {
        this.load = load;
        this.topic = topic;
    }

    /** Returns when the broker has everything. */
    Truth write(String bootstrapServers) {
        Truth truth = new Truth(load);
        try (KafkaProducer<byte[], byte[]> producer = producer(bootstrapServers)) {
            long numbers = 0;
            for (long record = 0; record < load.records(); record++) {
                boolean repeat = load.isRepeat(record);
                long number = repeat ? Math.floorMod(LoadEvent.mix(load.seed() ^ ~record), numbers) : numbers++;
                LoadEvent event = LoadEvent.numbered(number, load);
                if (!repeat) {
                    truth.add(event);
                }
                send(producer, partition(event), event, load.appendMillis(record));
            }
            writeMarkers(producer);
            producer.flush();
        }
        requireStored();
        return truth;
    }

    private void writeMarkers(KafkaProducer<byte[], byte[]> producer) {
        for (long millis : new long[] {load.firstMarkerMillis(), load.secondMarkerMillis()}) {
            for (int partition = 0; partition < load.partitions(); partition++) {
                send(producer, partition, LoadEvent.marker(partition, millis), millis);
            }
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, int partition, LoadEvent event, long appendMillis) {
        byte[] key =
                load.keyedBy() == Workload.Key.CUSTOMER ? event.customerId().getBytes(US_ASCII) : null;
        // A failure comes to the callback.
        var unused = producer.send(
                new ProducerRecord<>(topic, partition, appendMillis, key, bytes.of(event)), (stored, failure) -> {
                    if (failure != null) {
                        refusal.compareAndSet(null, failure);
                    }
                });
    }

    private int partition(LoadEvent event) {
        long key = load.keyedBy() == Workload.Key.CUSTOMER ? event.customer() : event.idLow();
        return LoadEvent.below(LoadEvent.mix(key), load.partitions());
    }

    private void requireStored() {
        Exception failure = refusal.get();
        if (failure != null) {
            throw new KafkaException("the broker did not store every record", failure);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ProducerConfig.LINGER_MS_CONFIG, "20",
                        ProducerConfig.BATCH_SIZE_CONFIG, "262144",
                        ProducerConfig.BUFFER_MEMORY_CONFIG, "67108864"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
