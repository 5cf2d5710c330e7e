package io.tallymark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes usage events as CloudEvents, the n-th always the same, and knows what should be counted: each event once, no repeat, nothing
 * that cannot be read or accepted.
 */
final class UsageFeed implements AutoCloseable {
    static final String TOPIC = "usage-events";
    static final int PARTITIONS = 3;
    static final int CUSTOMERS = 7;

    private static final int HOURS = 4;
    private static final int KILO = 1_000;

    private final Instant now = Instant.now();
    private final KafkaProducer<String, String> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final Map<String, Total> expected = new TreeMap<>();

    UsageFeed(String bootstrapServers) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers, "acks", "all");
        this.producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    /** What a customer used by a meter, over all hours. */
    record Total(BigDecimal quantity, long events) {
        private static final Total NOTHING = new Total(BigDecimal.ZERO, 0);

        Total {
            quantity = quantity.stripTrailingZeros();
        }

        private Total plus(BigDecimal value) {
            return new Total(quantity.add(value), events + 1);
        }
    }

    /** Totals by "metric customer". */
    Map<String, Total> expected() {
        return Map.copyOf(expected);
    }

    /** New events: numbers from (included) to (excluded), none of them sent before. */
    void count(int from, int to) {
        IntStream.range(from, to).forEach(number -> {
            send(number % PARTITIONS, event(number, now));
            add("api_requests " + customer(number), BigDecimal.ONE);
            add("api_bytes " + customer(number), kilobytes(number));
        });
        awaitSent();
    }

    /** Events sent before, now through another partition. */
    void repeat(int from, int to) {
        IntStream.range(from, to).forEach(number -> send((number + 1) % PARTITIONS, event(number, now)));
        awaitSent();
    }

    /** Four records that cannot be counted: not JSON, no customer, too old, from the future. */
    void deadLetters(int number) {
        send(0, "{\"id\":");
        send(1, event(number, now).replace("\"subject\"", "\"nobody\""));
        send(2, event(number, now.minus(Duration.ofDays(3))));
        send(0, event(number, now.plus(Duration.ofDays(3))));
        awaitSent();
    }

    @Override
    public void close() {
        producer.close();
    }

    /** A record that Kafka did not take would be a wrong expectation. */
    private void awaitSent() {
        producer.flush();
        assertThat(sent).allSatisfy(metadata -> assertThat(metadata).succeedsWithin(Duration.ZERO));
        sent.clear();
    }

    private void add(String key, BigDecimal value) {
        expected.put(key, expected.getOrDefault(key, Total.NOTHING).plus(value));
    }

    private void send(int partition, String event) {
        sent.add(producer.send(new ProducerRecord<>(TOPIC, partition, null, event)));
    }

    /** Spread over running and closed hours. */
    private static String event(int number, Instant latest) {
        return """
                {"specversion": "1.0", "id": "event-%d", "source": "/cluster-test", "type": "api.request",
                 "subject": "%s", "time": "%s", "data": {"kilobytes": %s, "region": "%s"}}
                """.formatted(
                        number,
                        customer(number),
                        latest.minus(Duration.ofHours(number % HOURS)),
                        kilobytes(number).toPlainString(),
                        number % 2 == 0 ? "eu" : "us");
    }

    static String customer(int number) {
        return "customer-" + number % CUSTOMERS;
    }

    /** A decimal that no binary fraction holds exactly. */
    private static BigDecimal kilobytes(int number) {
        return new BigDecimal(number).divide(new BigDecimal(KILO)).add(BigDecimal.ONE);
    }
}
