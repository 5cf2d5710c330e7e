package io.tallymark.topology;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallymark.TallymarkJob;
import io.tallymark.audit.status.Status;
import io.tallymark.audit.status.StatusCheck;
import io.tallymark.audit.status.StatusText;
import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The balance sheet on real parts: every row adds up whenever it is seen, and in the end all of them to what was sent. */
class BalanceSheetIT {
    private static final int PARTITIONS = 3;
    private static final int ROUNDS = 60;
    private static final int ROUND_RECORDS = 100;
    /** After so many rounds at the latest the table is seen in motion; the loss falls between two sights. */
    private static final int WATCHED_ROUNDS = 10;

    private static final int DEADLINE_SECONDS = 120;

    private final Random random = new Random(seed());
    private final AtomicBoolean done = new AtomicBoolean();
    /** Records in the table when the watcher last found that every row adds up. */
    private final AtomicLong watched = new AtomicLong();

    private final Map<String, Long> expected = new TreeMap<>();
    /** Apart, for of three records of one identity in several partitions the order decides how many are conflicts. */
    private final List<String> repeatable = new ArrayList<>();

    private final List<String> contestable = new ArrayList<>();
    private WorkDirectory work;
    private EmbeddedKafka kafka;
    private EmbeddedDatabase database;
    private EmbeddedFlink flink;
    private Settings settings;

    @BeforeEach
    void start() throws Exception {
        work = WorkDirectory.create();
        kafka = EmbeddedKafka.start(work.directory("kafka"), ListenPort.free());
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
        Configuration overrides = new Configuration();
        overrides.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(300));
        overrides.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
        overrides.set(CoreOptions.DEFAULT_PARALLELISM, 2);
        flink = EmbeddedFlink.start(
                work.directory("flink"), ListenPort.free(), new EmbeddedFlink.Size(1, 2), overrides);
        kafka.createTopic("usage-events", PARTITIONS, Map.of("message.timestamp.type", "LogAppendTime"));
        kafka.createTopic("usage-dead-letters", 1, Map.of());
        settings = SettingsLoader.load(config());
        Configuration job = new Configuration();
        job.set(CoreOptions.DEFAULT_PARALLELISM, 2);
        StreamExecutionEnvironment env = flink.environment(job);
        TallymarkJob.build(env, settings);
        env.executeAsync("metering");
    }

    @AfterEach
    void stop() {
        flink.close();
        database.close();
        kafka.close();
        work.close();
    }

    @Test
    void everyRowAddsUpAtEveryMomentAndAllToWhatWasSentThoughTheTaskManagerIsLost() throws Exception {
        CompletableFuture<Void> watcher = CompletableFuture.runAsync(this::watch);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            for (int round = 0; round < ROUNDS; round++) {
                sendRound(producer);
                if (round % WATCHED_ROUNDS == WATCHED_ROUNDS / 2) {
                    awaitSight(watcher, Math.min(watched.get() + 1, (round + 1L) * ROUND_RECORDS));
                }
                if (round == ROUNDS / 2) {
                    flink.terminateTaskManager(0);
                    flink.startTaskManager();
                }
            }
        }

        await().atMost(DEADLINE_SECONDS, SECONDS)
                .untilAsserted(() -> assertThat(balance()).isEqualTo(expected));
        awaitSight(watcher, (long) ROUNDS * ROUND_RECORDS);
        done.set(true);
        watcher.get(DEADLINE_SECONDS, SECONDS);
        // The totals are written on a clock of their own, early-results after the events.
        await().atMost(DEADLINE_SECONDS, SECONDS)
                .untilAsserted(
                        () -> assertThat(number("SELECT sum(event_count) FROM usage_hourly WHERE metric = 'requests'"))
                                .isEqualTo(expected.get("counted")));
        await().atMost(DEADLINE_SECONDS, SECONDS).untilAsserted(() -> {
            Status status = new StatusCheck(settings, Duration.ofMinutes(2), 2).run();
            assertThat(status.problems()).as(StatusText.print(status)).isEmpty();
            assertThat(status.total().read()).isEqualTo((long) ROUNDS * ROUND_RECORDS);
        });
    }

    /** Looks at the table again and again; a row that does not add up fails. */
    private void watch() {
        while (!done.get()) {
            long before = read();
            assertThat(text("""
                            SELECT partition || ' ' || append_hour || ' ' || read FROM intake_hourly
                            WHERE read <> counted + withdrawn + duplicate + conflict + void_waiting + ignored + uncovered + dead_lettered
                                OR read <> next_offset - first_offset
                            """)).isEmpty();
            watched.set(before);
        }
    }

    /** Goes on when the watcher has looked at a table of so many records, or fails with what the watcher saw. */
    private void awaitSight(CompletableFuture<Void> watcher, long records) {
        await().atMost(DEADLINE_SECONDS, SECONDS).until(() -> {
            watcher.getNow(null);
            return watched.get() >= records;
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a record that is lost would be missing in the sums
    private void sendRound(KafkaProducer<String, String> producer) {
        for (int i = 0; i < ROUND_RECORDS; i++) {
            producer.send(new ProducerRecord<>("usage-events", random.nextInt(PARTITIONS), null, next()));
        }
        producer.flush();
    }

    /** A record of a random kind, entered in what is expected. */
    private String next() {
        add("read");
        return switch (random.nextInt(10)) {
            case 0 -> as("ignored", event("i", "other.type", Instant.now(), "1"));
            case 1 -> as("UNREADABLE", "junk");
            case 2 -> as("TOO_LATE", event("l", "api.request", Instant.now().minus(Duration.ofDays(8)), "1"));
            case 3 -> as("NOT_A_NUMBER", event("n", "api.request", Instant.now(), "\"many\""));
            case 4 ->
                repeatable.isEmpty() ? counted() : as("duplicate", repeatable.get(random.nextInt(repeatable.size())));
            case 5 ->
                contestable.isEmpty()
                        ? counted()
                        : as("conflict", contestable.remove(0).replace("\"tokens\":1", "\"tokens\":2"));
            default -> counted();
        };
    }

    private String counted() {
        String event = event("e-" + random.nextLong(), "api.request", Instant.now(), "1");
        (random.nextBoolean() ? repeatable : contestable).add(event);
        return as("counted", event);
    }

    private String as(String column, String record) {
        add(column);
        return record;
    }

    private void add(String column) {
        expected.merge(column, 1L, Long::sum);
    }

    private static String event(String id, String type, Instant time, String tokens) {
        return """
                {"id":"%s","source":"test","type":"%s","subject":"cust-1","time":"%s","data":{"tokens":%s}}
                """.formatted(id, type, time, tokens);
    }

    private Path config() throws Exception {
        return Files.writeString(work.root().resolve("tallymark.yaml"), """
                pipelines: [metering]
                kafka: {bootstrap-servers: "%s"}
                postgres: {url: "%s", user: "%s"}
                metering: {early-results: 200ms}
                meters:
                  - {metric: requests, event-type: api.request, aggregation: count}
                  - {metric: tokens, event-type: api.request, aggregation: sum, value: data.tokens}
                """.formatted(
                        kafka.bootstrapServers(),
                        database.access().url(),
                        database.access().user()));
    }

    private long read() {
        return number("SELECT coalesce(sum(read), 0) FROM intake_hourly");
    }

    private Map<String, Long> balance() {
        Map<String, Long> balance = new TreeMap<>();
        for (String column : List.of("read", "counted", "duplicate", "conflict", "ignored")) {
            balance.put(column, number("SELECT coalesce(sum(" + column + "), 0) FROM intake_hourly"));
        }
        for (String reason : List.of("UNREADABLE", "TOO_LATE", "NOT_A_NUMBER")) {
            balance.put(
                    reason, number("SELECT coalesce(sum((reasons->>'" + reason + "')::bigint), 0) FROM intake_hourly"));
        }
        return balance;
    }

    private long number(String query) {
        return Long.parseLong(text(query).get(0));
    }

    private List<String> text(String query) {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            List<String> texts = new ArrayList<>();
            while (row.next()) {
                texts.add(row.getString(1));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long seed() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("BalanceSheetIT: seed " + seed);
        return seed;
    }
}
