package io.tallymark.deadletter;

import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends rejected records again, where they take the way of any other: what was counted before is a duplicate, so redriving twice counts
 * once. Identical records are sent once. {@link #finish} tells how many Kafka has; close gives up on what it has not.
 */
public final class Redrive implements AutoCloseable {
    /** Largest record before compression; what the topic takes decides the broker. */
    private static final int MAX_REQUEST_BYTES = 128 << 20;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final int partitions;
    private final DistinctRecords distinct = new DistinctRecords();
    private final AtomicLong stored = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicReference<@Nullable Exception> firstRefusal = new AtomicReference<>();

    /**
     * What became of the records that were sent.
     *
     * @param stored acknowledged by all replicas in sync
     * @param refused by Kafka
     * @param firstRefusal why
     */
    public record Result(long stored, long refused, Optional<Exception> firstRefusal) {}

    private Redrive(KafkaProducer<byte[], byte[]> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
        List<PartitionInfo> known = producer.partitionsFor(topic);
        this.partitions = known.size();
    }

    /**
     * Opens the topic of usage events.
     *
     * @param settings the broker and its client properties
     * @throws UserError when Kafka or the topic does not answer
     */
    public static Redrive to(String topic, DeadLetterSettings settings) {
        try {
            KafkaProducer<byte[], byte[]> producer = producer(settings);
            try {
                return new Redrive(producer, topic);
            } catch (RuntimeException e) {
                producer.close(Duration.ZERO);
                throw e;
            }
        } catch (KafkaException e) {
            throw new UserError(
                    "kafka.topic: " + topic + " does not answer at " + settings.bootstrapServers() + " ("
                            + e.getMessage() + ")",
                    "check that the broker runs and the topic exists, and kafka.properties if it wants TLS or SASL",
                    e);
        }
    }

    /**
     * Hands a record to the producer; waits when too much is under way.
     *
     * @return whether it was sent; false for a record identical to one sent before
     */
    public boolean send(DeadLetter letter, LetterContent content) {
        if (!distinct.add(content)) {
            return false;
        }
        var unused = producer.send(RedrivenRecord.of(letter, content, topic, partitions), (metadata, refusal) -> {
            if (refusal == null) {
                stored.incrementAndGet();
            } else {
                refused.incrementAndGet();
                firstRefusal.compareAndSet(null, refusal);
            }
        });
        return true;
    }

    /** Waits until Kafka has answered for every record. */
    public Result finish() {
        producer.flush();
        return new Result(stored.get(), refused.get(), Optional.ofNullable(firstRefusal.get()));
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }

    private static KafkaProducer<byte[], byte[]> producer(DeadLetterSettings settings) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        properties.putAll(settings.kafkaProperties());
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(MAX_REQUEST_BYTES));
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(2 * MAX_REQUEST_BYTES));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "30000");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
