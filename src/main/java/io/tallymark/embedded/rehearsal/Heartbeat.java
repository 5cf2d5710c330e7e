package io.tallymark.embedded.rehearsal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Tells every partition of the topic the time, at each move of the clock and once a second, with a record that no meter listens to. So hours
 * close without traffic, as they do where Kafka stamps the records.
 */
final class Heartbeat implements RehearsalClock.Follower, AutoCloseable {
    /** Of events that metering ignores. */
    static final String TYPE = "tallymark.rehearsal.heartbeat";

    private static final int EVERY_MILLIS = 1_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "rehearsal-heartbeat");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong beats = new AtomicLong();
    private final String topic;
    private final int partitions;
    private final InstantSource clock;

    private Heartbeat(Producer<byte[], byte[]> producer, String topic, int partitions, InstantSource clock) {
        this.producer = producer;
        this.topic = topic;
        this.partitions = partitions;
        this.clock = clock;
    }

    static Heartbeat start(String bootstrapServers, String topic, int partitions, InstantSource clock) {
        Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        Heartbeat heartbeat = new Heartbeat(producer, topic, partitions, clock);
        var unused = heartbeat.timer.scheduleWithFixedDelay(
                heartbeat::beat, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return heartbeat;
    }

    @Override
    public RehearsalClock.Move prepare(Duration ahead) {
        return this::beat;
    }

    /** A record that is lost is made good for by the next one. */
    private void beat() {
        long now = clock.instant().toEpochMilli();
        byte[] value = event(beats.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
        for (int partition = 0; partition < partitions; partition++) {
            var unused = producer.send(new ProducerRecord<>(topic, partition, now, null, value));
        }
    }

    private static String event(long beat) {
        return "{\"id\":\"%d\",\"source\":\"rehearsal\",\"type\":\"%s\",\"subject\":\"rehearsal\"}"
                .formatted(beat, TYPE);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        producer.close(CLOSE_TIMEOUT);
    }
}
