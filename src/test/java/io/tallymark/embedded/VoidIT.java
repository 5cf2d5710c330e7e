package io.tallymark.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.UsageSummary;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Voids on real parts, read from the far ends: the table, the ledger, the reports and Stripe's own summaries. */
class VoidIT {
    private static final Instant HOUR = hoursAgo(5);
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final String CONFIG = """
            kafka: {bootstrap-servers: replaced, trust-create-time: true}
            postgres: {url: "jdbc:postgresql:", user: replaced}
            metering: {early-results: 200ms, close-delay: 1s, quiet-partition: 1s}
            stripe: {max-requests-per-second: 100}
            reporting: {tick: 50ms}
            meters:
              - {metric: tokens, event-type: api.request, aggregation: sum, value: data.tokens,
                 stripe: {event-name: tokens, mode: hourly-total}}
              - {metric: calls, event-type: api.request, aggregation: count, stripe: {event-name: calls, mode: delta}}
            """;

    @Test
    void voidCorrectsTheTableTheLedgerAndStripe() throws Exception {
        try (Teardown teardown = Teardown.atExit()) {
            LocalStack stack = LocalStack.start(teardown, LocalPorts.free(), 2, part -> {});
            Settings settings = stack.localised(SettingsLoader.fromText("VoidIT", CONFIG));
            stack.createTopics(settings, 1);
            StripeReadings stripe = teardown.open(() -> StripeReadings.open(settings.stripe()));
            SimulatedAccount.createMeters(settings, stripe);
            Map<String, String> customers =
                    SimulatedAccount.createCustomers(List.of("acme", "single", "later"), stripe, settings.database());
            stack.submit(settings);
            Database database = new Database(stack.database());
            Stripe summaries = new Stripe(stripe, customers);
            try (Sender sender = new Sender(stack.kafka().bootstrapServers())) {
                countAndReport(sender, database, summaries);
                withdrawAndReport(sender, database, summaries);
            }
        }
    }

    private static Instant hoursAgo(int hours) {
        return Instant.now().truncatedTo(ChronoUnit.HOURS).minus(hours, ChronoUnit.HOURS);
    }

    /** Two events of acme and one whose void came first; one event of another customer. */
    private static void countAndReport(Sender sender, Database database, Stripe stripe) throws Exception {
        sender.event(HOUR.plusSeconds(10), "acme", "a", 5);
        sender.event(HOUR.plusSeconds(20), "acme", "b", 7);
        sender.voids(HOUR.plusSeconds(30), "acme", "c", 100);
        sender.event(HOUR.plusSeconds(30), "acme", "c", 100);
        sender.event(HOUR.plusSeconds(40), "single", "d", 3);
        sender.event(HOUR.plusSeconds(7_200), "later", "e", 1);

        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(database.rows())
                        .containsExactly(
                                "acme calls 2 2 1", "acme tokens 12 2 1", "single calls 1 1 0", "single tokens 3 1 0"));
        database.awaitReported();
        assertThat(stripe.total("tokens", "acme")).isEqualByComparingTo("12");
        assertThat(stripe.total("calls", "acme")).isEqualByComparingTo("2");
        assertThat(stripe.total("tokens", "single")).isEqualByComparingTo("3");
    }

    /** A void that is sent twice, one of a customer's only event, and one that does not match. */
    private static void withdrawAndReport(Sender sender, Database database, Stripe stripe) throws Exception {
        // How many steps led to the first totals is not the same in every run: a sleeping channel can be overtaken, and
        // what comes after that is a correction. What the voids change is one step each.
        List<String> postings = database.postings();
        List<String> reports = database.reports();
        sender.voidAt(HOUR.plusSeconds(7_210), HOUR.plusSeconds(20), "acme", "b", 7);
        sender.voidAt(HOUR.plusSeconds(7_220), HOUR.plusSeconds(20), "acme", "b", 7);
        sender.voidAt(HOUR.plusSeconds(7_230), HOUR.plusSeconds(40), "single", "d", 3);
        sender.voidAt(HOUR.plusSeconds(7_240), HOUR.plusSeconds(10), "acme", "a", 6);

        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(database.rows())
                        .containsExactly(
                                "acme calls 1 1 2", "acme tokens 5 1 2", "single calls 0 0 1", "single tokens 0 0 1"));
        database.awaitReported();
        assertThat(stripe.total("tokens", "acme")).isEqualByComparingTo("5");
        assertThat(stripe.total("calls", "acme")).isEqualByComparingTo("1");
        assertThat(stripe.total("tokens", "single")).isZero();
        assertThat(stripe.total("calls", "single")).isZero();
        assertThat(addedTo(postings, database.postings()))
                .containsExactlyInAnyOrder(
                        "acme -7 closed total changed, with 1 event withdrawn by a void",
                        "single -3 closed total changed, with 1 event withdrawn by a void");
        assertThat(addedTo(reports, database.reports()))
                .containsExactlyInAnyOrder(
                        "calls acme -1 accepted",
                        "calls single -1 accepted",
                        "tokens acme 5 accepted",
                        "tokens single 0 accepted");
        assertThat(database.lines("""
                        SELECT customer_id, sum(amount) FROM ledger_entry
                        WHERE metric = 'tokens' AND from_account = 'metered' AND customer_id <> 'later'
                        GROUP BY customer_id ORDER BY customer_id
                        """)).containsExactly("acme 5", "single 0");
        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(database.lines("""
                        SELECT sum(read), sum(counted), sum(withdrawn), sum(duplicate), sum(void_waiting), sum(dead_lettered)
                        FROM intake_hourly
                        """)).containsExactly("10 5 3 1 0 1"));
    }

    private static List<String> addedTo(List<String> before, List<String> after) {
        assertThat(after).startsWith(before.toArray(String[]::new));
        return after.subList(before.size(), after.size());
    }

    /** The producer's side. */
    private static final class Sender implements AutoCloseable {
        private final KafkaProducer<byte[], byte[]> producer;

        Sender(String bootstrapServers) {
            producer = new KafkaProducer<>(
                    Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
        }

        void event(Instant time, String customer, String id, int tokens) throws Exception {
            send(time, time, customer, id, tokens, "");
        }

        void voids(Instant time, String customer, String id, int tokens) throws Exception {
            voidAt(time, time, customer, id, tokens);
        }

        void voidAt(Instant append, Instant time, String customer, String id, int tokens) throws Exception {
            send(append, time, customer, id, tokens, "\"void\":true,");
        }

        private void send(Instant append, Instant time, String customer, String id, int tokens, String extension)
                throws Exception {
            String json = """
                    {%s"id":"%s","source":"test","type":"api.request","subject":"%s","time":"%s","data":{"tokens":%d}}
                    """.formatted(extension, id, customer, time, tokens);
            producer.send(new ProducerRecord<>(
                            "usage-events", 0, append.toEpochMilli(), null, json.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    /** What Postgres holds. */
    private record Database(EmbeddedDatabase database) {
        List<String> rows() throws SQLException {
            return lines("""
                    SELECT customer_id, metric, quantity, event_count, withdrawn_count FROM usage_hourly
                    WHERE closed AND customer_id <> 'later' ORDER BY customer_id, metric
                    """);
        }

        void awaitReported() {
            await().atMost(DEADLINE)
                    .untilAsserted(() ->
                            assertThat(lines("SELECT count(*) FROM report_due")).containsExactly("0"));
        }

        List<String> postings() throws SQLException {
            return lines("""
                    SELECT customer_id, amount, cause FROM ledger_entry
                    WHERE metric = 'tokens' AND from_account = 'metered' AND customer_id <> 'later' ORDER BY entry_id
                    """);
        }

        List<String> reports() throws SQLException {
            return lines("""
                    SELECT metric, customer_id, value, state FROM stripe_report
                    WHERE customer_id <> 'later' ORDER BY created_at, identifier
                    """);
        }

        List<String> lines(String query) throws SQLException {
            try (Connection connection = database.access().connect();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(query)) {
                List<String> lines = new ArrayList<>();
                while (row.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        values.add(row.getString(i));
                    }
                    lines.add(String.join(" ", values));
                }
                return lines;
            }
        }
    }

    /** What Stripe says it counted in the hour. */
    private record Stripe(StripeReadings readings, Map<String, String> customers) {
        BigDecimal total(String eventName, String customer) {
            String meter = readings.findMeter(eventName).orElseThrow().id();
            return readings
                    .hourlySummaries(meter, customers.getOrDefault(customer, ""), HOUR, HOUR.plus(1, ChronoUnit.HOURS))
                    .stream()
                    .map(UsageSummary::value)
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }
    }
}
