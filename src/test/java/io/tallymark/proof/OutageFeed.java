package io.tallymark.proof;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Batches of plain events, each spanning the next twelve hours, which all lie in the past of the reporter's clock. */
final class OutageFeed {
    private static final int PARTITIONS = 2;
    private static final Duration SPAN = Duration.ofHours(12);
    private static final Duration PAST = Duration.ofDays(6);

    private final String bootstrapServers;
    private final String topic;
    private final int customers;
    private Instant next;
    private long id;

    OutageFeed(String bootstrapServers, String topic, int customers, Instant now) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.customers = customers;
        this.next = now.truncatedTo(ChronoUnit.HOURS).minus(PAST);
    }

    /** Sends a batch, and at its end one record for each partition that closes its hours; returns the number of records. */
    long send(int records) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.LINGER_MS_CONFIG, 5),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int record = 0; record < records; record++) {
                send(producer, next.plusMillis(SPAN.toMillis() * record / records), (int) (id % PARTITIONS));
            }
            next = next.plus(SPAN);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                send(producer, next.plus(Duration.ofMinutes(3)), partition);
            }
        }
        return (long) records + PARTITIONS;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // What does not arrive is missed in the table's sums.
    private void send(KafkaProducer<byte[], byte[]> producer, Instant at, int partition) {
        String json = "{\"id\":\"" + id + "\",\"source\":\"outage\",\"type\":\"call\",\"subject\":\"customer"
                + id % customers + "\",\"data\":{\"n\":" + id % 1_000 + "}}";
        id++;
        producer.send(
                new ProducerRecord<>(topic, partition, at.toEpochMilli(), null, json.getBytes(StandardCharsets.UTF_8)));
    }
}
