package io.tallymark.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallymark.TallymarkJob;
import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.simulator.call.Fault;
import io.tallymark.usage.DatabaseAccess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After a full run with failures of every kind, a lost TaskManager and a refused key, the API key and the database password are in no
 * log line, no page of Flink or the simulator, no checkpoint or savepoint, no exception, no row and no dead letter.
 */
class SecretsIT {
    private static final String MARK = "Xq7SecretXq7";
    private static final String WRONG_MARK = "Yw8SecretYw8";
    private static final int CUSTOMERS = 5;
    private static final int RECORDS = 3_000;
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    @Test
    void noSecretIsLeftBehindAnywhere(@TempDir Path secrets) throws Exception {
        try (Teardown teardown = Teardown.atExit();
                LogCapture logs = LogCapture.everything()) {
            Leaks leaks = new Leaks(List.of(MARK, WRONG_MARK));
            WorkDirectory work = teardown.open(WorkDirectory::create);
            Path flinkDirectory = work.directory("flink");
            EmbeddedKafka kafka = teardown.open(() -> EmbeddedKafka.start(work.directory("kafka"), ListenPort.free()));
            EmbeddedDatabase server =
                    teardown.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
            EmbeddedFlink flink = teardown.open(() -> EmbeddedFlink.start(
                    flinkDirectory, ListenPort.free(), new EmbeddedFlink.Size(1, 2), checkpoints()));
            StripeSimulator simulator = teardown.open(() -> StripeSimulator.start(0, InstantSource.system()));
            DatabaseAccess database = server.create("secrets");
            kafka.createTopic("secret_events", 2, Map.of("message.timestamp.type", "CreateTime"));
            kafka.createTopic("secret_letters", 1, Map.of());
            OutageAccount account = new OutageAccount(database, simulator.apiBase());
            account.open(CUSTOMERS);
            Path key = Files.writeString(secrets.resolve("stripe-key"), "sk_test_" + MARK);

            simulator.faults().chance(7, 0.5, Fault.values()).timeoutAfter(Duration.ofMillis(300));
            JobID job = submit(flink, settings(kafka, database, simulator, secrets, key));
            new OutageFeed(kafka.bootstrapServers(), "secret_events", CUSTOMERS, Instant.now()).send(RECORDS);
            await().atMost(DEADLINE).until(() -> account.mostAttempts() > 2);
            refuseTheKey(key, flink, account, logs);
            simulator.faults().clear();
            leaks.searchText("exceptions", String.join("\n", flink.failures(job)));
            awaitCheckpoint(account);
            await().atMost(DEADLINE).until(() -> account.reports() > CUSTOMERS);

            assertThat(simulator.faults().injected()).as("failures").isPositive();
            leaks.searchPages(flink.webUi(), job);
            leaks.searchPages(simulator.adminPage());
            leaks.searchDatabase(database);
            leaks.searchFiles(flinkDirectory);
            String savepoint = flink.stopWithSavepoint(job);
            leaks.searchFiles(Path.of(java.net.URI.create(savepoint)));
            leaks.searchText("log", logs.text());
            assertThat(logs.text()).as("something was logged").contains("Stripe");
            assertThat(leaks.found()).isEmpty();
            assertThat(leaks.searchedBytes()).as("bytes searched").isGreaterThan(100_000);
            System.out.println("secrets: none found in " + leaks.searchedBytes() + " bytes of " + leaks.places());
        }
    }

    /** The tasks open their senders anew and meet a key that cannot work: reporting waits, metering does not. */
    private static void refuseTheKey(Path key, EmbeddedFlink flink, OutageAccount account, LogCapture logs)
            throws Exception {
        Files.writeString(key, "sk_test_" + WRONG_MARK + "!");
        flink.loseTaskManager();
        await().atMost(DEADLINE).until(() -> logs.says("Reporting waits: stripe.api-key is no Stripe"));
        awaitCheckpoint(account);
        Files.writeString(key, "sk_test_" + MARK);
        await().atMost(DEADLINE).until(() -> logs.says("Reporting goes on: what it waited for"));
    }

    private static void awaitCheckpoint(OutageAccount account) throws Exception {
        long before = account.lastCheckpointMicros();
        await().atMost(DEADLINE).until(() -> account.lastCheckpointMicros() > before);
    }

    private static Settings settings(
            EmbeddedKafka kafka, DatabaseAccess database, StripeSimulator simulator, Path secrets, Path key)
            throws Exception {
        Path password = Files.writeString(secrets.resolve("password"), "password-" + MARK);
        return SettingsLoader.fromText("secrets", """
                kafka: {bootstrap-servers: "%s", topic: secret_events, dead-letter-topic: secret_letters, trust-create-time: true}
                postgres: {url: "%s", user: "%s", password-file: "%s"}
                metering: {early-results: 500ms, quiet-partition: 3s}
                stripe: {api-base: "%s", max-requests-per-second: 900, call-deadline: 1s, api-key-file: "%s"}
                meters:
                  - {metric: calls, event-type: call, aggregation: count, stripe: {event-name: calls, mode: hourly-total}}
                  - {metric: bytes, event-type: call, aggregation: sum, value: data.n, stripe: {event-name: bytes, mode: delta}}
                """.formatted(
                        kafka.bootstrapServers(), database.url(), database.user(), password, simulator.apiBase(), key));
    }

    private static Configuration checkpoints() {
        Configuration overrides = new Configuration();
        overrides.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
        return overrides;
    }

    private static JobID submit(EmbeddedFlink flink, Settings settings) throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        env.setParallelism(1);
        TallymarkJob.build(env, settings);
        return env.executeAsync("secrets").getJobID();
    }
}
