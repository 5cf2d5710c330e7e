package io.tallymark.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Events that come in all the time, some of them once more. Those that flow by themselves are billable, so whichever release meets them
 * counts them alike; the others are sent when it is certain which release they meet.
 */
final class Traffic implements AutoCloseable {
    static final String TOPIC = "usage-events";
    static final int PARTITIONS = 4;

    private static final Duration BEAT = Duration.ofMillis(200);
    private static final int PER_BEAT = 8;

    private final BilledUsage usage;
    private final Random random;
    private final KafkaProducer<String, String> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private boolean flowing;
    private int records;

    Traffic(String bootstrapServers, BilledUsage usage, long seed) {
        this.usage = usage;
        this.random = new Random(seed);
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
                new StringSerializer(),
                new StringSerializer());
        var unused = clock.scheduleAtFixedRate(this::beat, 0, BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Lets events come in by themselves, or stops that; what was sent is stored when this returns. */
    synchronized void flow(boolean on) {
        flowing = on;
        awaitStored();
    }

    /** Sends repeats of earlier events, then new ones that are not billable. */
    synchronized void sendUnbillable(int count) {
        repeat(count);
        for (int number = 0; number < count; number++) {
            send(usage.next(false));
        }
        awaitStored();
    }

    /** Records sent in all. */
    synchronized int records() {
        return records;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        producer.close();
    }

    private synchronized void beat() {
        if (!flowing) {
            return;
        }
        repeat(1);
        for (int number = 0; number < PER_BEAT; number++) {
            send(usage.next(true));
        }
    }

    private void repeat(int count) {
        for (int number = 0; number < count && usage.size() > 0; number++) {
            send(usage.again(random.nextInt(usage.size())));
        }
    }

    private void send(String event) {
        records++;
        sent.add(producer.send(new ProducerRecord<>(TOPIC, random.nextInt(PARTITIONS), null, event)));
    }

    /** A record that Kafka did not take would be a wrong expectation. */
    private void awaitStored() {
        producer.flush();
        assertThat(sent).allSatisfy(metadata -> assertThat(metadata).succeedsWithin(Duration.ZERO));
        sent.clear();
    }
}
