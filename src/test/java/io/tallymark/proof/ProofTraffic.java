package io.tallymark.proof;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Seeded usage of a few customers: sparse hours, late events, repeats, voids after and before their events, and records that are refused.
 * Append times follow the simulated clock, so that they go back in no partition; the model knows what was sent.
 */
final class ProofTraffic implements AutoCloseable {
    static final Duration MAX_LATENESS = Duration.ofDays(2);
    /** Everything about an event is sent so soon after its time. */
    private static final Duration LATEST = MAX_LATENESS.minusHours(2);

    private static final double ACTIVE_HOURS = 0.2;
    private static final double LATE = 0.12;
    private static final double REPEATED = 0.1;
    private static final double VOIDED = 0.08;
    private static final double REFUSED = 0.03;
    private static final List<String> MODELS = List.of("small", "large");

    private final Random random;
    private final String topic;
    private final int partitions;
    private final List<String> customers;
    private final ProofModel model = new ProofModel();
    private final KafkaProducer<byte[], byte[]> producer;
    private final PriorityQueue<Planned> planned =
            new PriorityQueue<>(Comparator.comparing(Planned::append).thenComparing(Planned::number));
    private final Set<Instant> times = new HashSet<>();
    private int nextId;
    private long nextNumber;
    private long records;

    ProofTraffic(Random random, String bootstrapServers, String topic, int partitions, List<String> customers) {
        this.random = random;
        this.topic = topic;
        this.partitions = partitions;
        this.customers = customers;
        this.producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** A record to be appended at a time; without event: one that is refused. */
    private record Planned(
            Instant append, long number, @Nullable ProofEvent event, boolean isVoid, byte[] bytes) {}

    ProofModel model() {
        return model;
    }

    /** Records sent so far. */
    long records() {
        return records;
    }

    /** Sends what happens in a span of whole hours, and then a marker to each partition. */
    void send(Instant from, Instant to) {
        for (Instant hour = from; hour.isBefore(to); hour = hour.plus(1, ChronoUnit.HOURS)) {
            for (String customer : customers) {
                planHour(customer, hour);
            }
        }
        while (!planned.isEmpty() && planned.element().append().isBefore(to)) {
            send(planned.remove());
        }
        mark(to);
    }

    /** Sends one record to each partition, so that none of them holds the hours before it open. */
    void mark(Instant append) {
        for (int partition = 0; partition < partitions; partition++) {
            String json =
                    "{\"id\":\"m%d\",\"source\":\"proof\",\"type\":\"marker\",\"subject\":\"marker\",\"time\":\"%s\"}"
                            .formatted(nextId++, append);
            send(partition, append, json.getBytes(StandardCharsets.UTF_8));
        }
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }

    private void planHour(String customer, Instant hour) {
        if (random.nextDouble() >= ACTIVE_HOURS) {
            return;
        }
        for (int left = random.nextInt(1, 4); left > 0; left--) {
            Instant append = hour.plusMillis(random.nextInt(3_600_000));
            boolean late = random.nextDouble() < LATE;
            Duration age = late ? upTo(LATEST) : upTo(Duration.ofSeconds(90));
            planEvent(event(customer, append.minus(age)), append);
        }
        if (random.nextDouble() < REFUSED) {
            planRefused(customer, hour.plusMillis(random.nextInt(3_600_000)));
        }
    }

    private void planEvent(ProofEvent event, Instant append) {
        plan(append, event, false);
        Duration left = Duration.between(append, event.time().plus(LATEST));
        if (random.nextDouble() < REPEATED) {
            plan(append.plus(upTo(left)), event, false);
        }
        if (random.nextDouble() < VOIDED) {
            boolean before = random.nextInt(4) == 0;
            plan(before ? append : append.plus(upTo(left)), event, true);
        }
    }

    /** Too old, from the future, or no event at all. */
    private void planRefused(String customer, Instant append) {
        List<byte[]> refused = List.of(
                event(customer, append.minus(MAX_LATENESS).minusSeconds(1)).json(false),
                event(customer, append.plus(10, ChronoUnit.MINUTES)).json(random.nextBoolean()),
                "no event".getBytes(StandardCharsets.UTF_8));
        planned.add(new Planned(append, nextNumber++, null, false, refused.get(random.nextInt(refused.size()))));
    }

    private void plan(Instant append, ProofEvent event, boolean isVoid) {
        // Of the same time, a void of the future's event may come first.
        long number = isVoid && random.nextBoolean() ? -nextNumber++ : nextNumber++;
        planned.add(new Planned(append, number, event, isVoid, event.json(isVoid)));
    }

    /** No two events have the same time, so that there always is a last one. */
    private ProofEvent event(String customer, Instant wanted) {
        Instant time = wanted.truncatedTo(ChronoUnit.MILLIS);
        while (!times.add(time)) {
            time = time.minusMillis(1);
        }
        return new ProofEvent(
                "e" + nextId++,
                customer,
                time,
                BigDecimal.valueOf(random.nextInt(10) == 0 ? 0 : random.nextInt(100_000), 2),
                random.nextInt(20),
                MODELS.get(random.nextInt(MODELS.size())));
    }

    private Duration upTo(Duration most) {
        return Duration.ofMillis(random.nextLong(Math.max(1, most.toMillis())));
    }

    private void send(Planned next) {
        if (next.event() != null) {
            model.sent(next.event(), next.isVoid());
        }
        send(random.nextInt(partitions), next.append(), next.bytes());
    }

    private void send(int partition, Instant append, byte[] bytes) {
        var unused = producer.send(new ProducerRecord<>(topic, partition, append.toEpochMilli(), null, bytes));
        records++;
    }
}
