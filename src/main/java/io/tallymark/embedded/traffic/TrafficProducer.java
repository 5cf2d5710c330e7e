package io.tallymark.embedded.traffic;

import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends traffic to any broker, in order and each record once (idempotent producer), with a bounded number under way. The truth learns of
 * a record when the broker has acknowledged it, never before.
 */
public final class TrafficProducer implements AutoCloseable {
    private static final int MAX_IN_FLIGHT = 20_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(15);

    private final Producer<byte[], byte[]> producer;
    private final Semaphore slots = new Semaphore(MAX_IN_FLIGHT);
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    TrafficProducer(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** A producer for that broker; nothing is contacted before the first use. */
    public static TrafficProducer open(String bootstrapServers) {
        return open(bootstrapServers, LONGEST_BLOCK);
    }

    /**
     * As {@link #open(String)}.
     *
     * @param longestBlock for how long the broker may be away before a record is given up
     */
    public static TrafficProducer open(String bootstrapServers, Duration longestBlock) {
        return new TrafficProducer(new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true,
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        65_536,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        (int) longestBlock.toMillis()),
                new ByteArraySerializer(),
                new ByteArraySerializer()));
    }

    /**
     * Sends everything and returns when all of it is acknowledged, or when the thread is interrupted and what was under way has been
     * acknowledged; the interrupt flag then stays set.
     *
     * @param progress told the number of acknowledged records after each one, on the producer's thread
     * @throws KafkaException when a record was not acknowledged: what is stored, and so the truth, is unknown then
     */
    public void send(Iterator<TrafficRecord> traffic, Pace pace, TruthKeeper truth, LongConsumer progress) {
        sendAll(traffic, TrafficRecord::message, pace, stored -> {
            truth.stored(stored.expectation());
            progress.accept(acknowledged.incrementAndGet());
        });
    }

    /** As {@link #send(Iterator, Pace, TruthKeeper, LongConsumer)}, of records of which nobody says what should become. */
    public void send(Iterator<ProducerRecord<byte[], byte[]>> records, Pace pace, LongConsumer progress) {
        sendAll(records, record -> record, pace, stored -> progress.accept(acknowledged.incrementAndGet()));
    }

    private <T> void sendAll(
            Iterator<T> records, Function<T, ProducerRecord<byte[], byte[]>> message, Pace pace, Consumer<T> stored) {
        boolean interrupted = sendUntilInterrupted(records, message, pace, stored);
        producer.flush();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Exception refused = failure.get();
        if (refused != null) {
            throw new KafkaException("a record was not acknowledged", refused);
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }

    /** Returns whether it was interrupted; the flag is cleared then, or the flush would not wait. */
    private <T> boolean sendUntilInterrupted(
            Iterator<T> records, Function<T, ProducerRecord<byte[], byte[]>> message, Pace pace, Consumer<T> stored) {
        try {
            while (records.hasNext() && failure.get() == null) {
                pace.awaitTurn();
                slots.acquire();
                T record = records.next();
                sendOne(message.apply(record), () -> stored.accept(record));
            }
            return false;
        } catch (InterruptedException e) {
            return true;
        } catch (InterruptException e) {
            // Kafka's own exception leaves the flag set.
            Thread.interrupted();
            return true;
        }
    }

    private void sendOne(ProducerRecord<byte[], byte[]> message, Runnable stored) {
        var unused = producer.send(message, (metadata, refused) -> {
            slots.release();
            if (refused == null) {
                stored.run();
            } else {
                failure.compareAndSet(null, refused);
            }
        });
    }
}
