package io.tallymark.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallymark.TallymarkJob;
import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.demo.BalanceReader;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.usage.DatabaseAccess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/**
 * Stripe is away for 12 hours of the reporter's clock, twice, while metering goes on beside it in the same job: prints metering's
 * throughput with Stripe and without it as a ratio, the calls per report, and how the backlog drains. Asserts no time.
 */
class OutageIT {
    private static final int RECORDS = Integer.getInteger("outage.records", 20_000);
    private static final int CUSTOMERS = Integer.getInteger("outage.customers", 20);
    private static final int OUTAGES = 2;
    private static final int OUTAGE_HOURS = 12;
    private static final Duration STEP = Duration.ofMinutes(1);
    /** Real time between two steps of the reporter's clock while Stripe is away. */
    private static final Duration STEP_EVERY = Duration.ofMillis(Integer.getInteger("outage.step-millis", 10));
    /** Shorter than a call's lease: calls are under way. */
    private static final Duration DRAIN_STEP = Duration.ofSeconds(10);

    private static final Duration DEADLINE = Duration.ofMinutes(5);

    @Test
    void anOutageSlowsNothingAndItsBacklogDrainsWithoutAStorm() throws Exception {
        try (ProofStack stack = ProofStack.start()) {
            DatabaseAccess database = stack.database().create("outage");
            try (SteppedClock clock = new SteppedClock(database);
                    StripeSimulator simulator = StripeSimulator.start(0, clock)) {
                play(stack, database, simulator, clock);
            }
        }
    }

    private static void play(ProofStack stack, DatabaseAccess database, StripeSimulator simulator, SteppedClock clock)
            throws Exception {
        simulator.keepRequests(1_000_000);
        stack.createTopic("outage_events", 2);
        stack.kafka().createTopic("outage_letters", 1, Map.of());
        OutageAccount account = new OutageAccount(database, simulator.apiBase());
        account.open(CUSTOMERS);
        JobClient job = submit(stack.flink(), settings(stack, database, simulator));
        try {
            new Scene(stack, database, simulator, account, clock).play();
        } finally {
            job.cancel().join();
        }
    }

    private static final class Scene {
        private final StripeSimulator simulator;
        private final OutageAccount account;
        private final SteppedClock clock;
        private final OutageFeed feed;
        private final BalanceReader balance;
        private final List<Double> up = new ArrayList<>();
        private final List<Double> away = new ArrayList<>();

        Scene(
                ProofStack stack,
                DatabaseAccess database,
                StripeSimulator simulator,
                OutageAccount account,
                SteppedClock clock) {
            this.simulator = simulator;
            this.account = account;
            this.clock = clock;
            this.feed = new OutageFeed(stack.kafka().bootstrapServers(), "outage_events", CUSTOMERS, clock.instant());
            this.balance = new BalanceReader(database, "outage_events");
        }

        void play() throws Exception {
            recordsPerSecond();
            drain();
            for (int outage = 0; outage < OUTAGES; outage++) {
                up.add(recordsPerSecond());
                drain();
                goAway();
            }
            up.add(recordsPerSecond());
            drain();
            print();
            assertThat(account.differences()).isEmpty();
            assertThat(simulator.contradictions()).isEmpty();
        }

        private void goAway() throws Exception {
            simulator.faults().outage(true);
            pass(Duration.ofHours(OUTAGE_HOURS / 2));
            away.add(recordsPerSecond());
            pass(Duration.ofHours(OUTAGE_HOURS / 2));
            long backlog = account.due();
            simulator.faults().outage(false);
            drain();
            System.out.println("outage: 12 h over, backlog of " + backlog + " hours drained");
            assertThat(backlog).isPositive();
        }

        private void pass(Duration time) {
            Instant end = clock.instant().plus(time);
            await().atMost(DEADLINE).pollInterval(STEP_EVERY).until(() -> {
                clock.advance(STEP);
                return !clock.instant().isBefore(end);
            });
        }

        /** Sends a batch that spans some hours and waits until it is accounted for. */
        private double recordsPerSecond() throws Exception {
            long before = balance.read();
            long startNanos = System.nanoTime();
            long sent = feed.send(RECORDS);
            await().atMost(DEADLINE).pollInterval(Duration.ofMillis(20)).until(() -> balance.read() >= before + sent);
            return sent / ((System.nanoTime() - startNanos) / 1e9);
        }

        private void drain() {
            await().atMost(DEADLINE).pollInterval(Duration.ofMillis(300)).until(() -> {
                clock.advance(DRAIN_STEP);
                return account.isDrained();
            });
        }

        private void print() throws Exception {
            double ratio = average(away) / average(up);
            long calls = simulator.requests().stream()
                    .filter(request ->
                            request.method().equals("POST") && request.path().endsWith("meter_events"))
                    .count();
            System.out.printf(
                    "outage: metering %.0f records/s with Stripe, %.0f without it: ratio %.2f (with %s, without %s)%n",
                    average(up), average(away), ratio, rounded(up), rounded(away));
            System.out.printf(
                    "outage: %d reports in %d calls, %.2f calls a report; most attempts of one report %d%n",
                    account.reports(), calls, calls / (double) account.reports(), account.mostAttempts());
        }

        private static double average(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        }

        private static List<Long> rounded(List<Double> values) {
            return values.stream().map(Math::round).toList();
        }
    }

    private static Settings settings(ProofStack stack, DatabaseAccess database, StripeSimulator simulator) {
        String yaml = """
                kafka: {bootstrap-servers: replaced, topic: outage_events, dead-letter-topic: outage_letters, trust-create-time: true}
                postgres: {url: "jdbc:postgresql:", user: replaced}
                metering: {early-results: 500ms, quiet-partition: 3s}
                stripe: {max-requests-per-second: 900}
                meters:
                  - {metric: calls, event-type: call, aggregation: count, stripe: {event-name: calls, mode: hourly-total}}
                  - {metric: bytes, event-type: call, aggregation: sum, value: data.n, stripe: {event-name: bytes, mode: delta}}
                """;
        return SettingsLoader.fromText("outage", yaml)
                .on(stack.kafka().bootstrapServers(), database, simulator.apiBase());
    }

    private static JobClient submit(EmbeddedFlink flink, Settings settings) throws Exception {
        Configuration job = new Configuration();
        job.set(CoreOptions.DEFAULT_PARALLELISM, 1);
        StreamExecutionEnvironment env = flink.environment(job);
        TallymarkJob.build(env, settings);
        return env.executeAsync("outage");
    }
}
