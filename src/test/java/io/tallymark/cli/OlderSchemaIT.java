package io.tallymark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.TallymarkJob;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.UserError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody forgot {@code migrate}: nothing that writes begins, and each says so. There is no Kafka here, which nobody gets to ask. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OlderSchemaIT {
    private static final String OLDER = "has the tables of an older version: schema 16, and this release needs ";

    private static WorkDirectory work;
    private static EmbeddedDatabase database;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM flyway_schema_history WHERE version::int > 16");
        }
    }

    @AfterAll
    static void stop() {
        database.close();
        work.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[metering]", "[reporting]", "[metering, reporting]"})
    void noJobIsStarted(String pipelines) throws Exception {
        Path file = file(pipelines);

        assertThatThrownBy(() -> TallymarkJob.build(
                        StreamExecutionEnvironment.getExecutionEnvironment(), SettingsLoader.load(file)))
                .isInstanceOfSatisfying(UserError.class, refusal -> {
                    assertThat(refusal).hasMessageContaining(OLDER);
                    assertThat(refusal.remedy()).isEqualTo("./tallymark migrate --config FILE");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "reconcile", "sync", "stripe-sync", "customers list"})
    void noCommandThatWritesBegins(String command) throws Exception {
        CommandRun run = CommandRun.of((command + " --config " + file("[metering, reporting]")).split(" ", -1));

        assertThat(run.err()).contains(OLDER, "./tallymark migrate --config FILE");
        assertThat(run.exitCode()).isEqualTo(2);
    }

    /** Between the checkout of a new version and its start, the probe still tells how the old job is. */
    @Test
    void theProbeGoesOn() throws Exception {
        CommandRun run = CommandRun.of("health", "--config", file("[metering]").toString());

        assertThat(run.out()).startsWith("health: ");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void doctorNamesIt() throws Exception {
        PrintStream screen = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        int exitCode;
        try {
            exitCode = CommandRun.of("doctor", "--config", file("[metering]").toString())
                    .exitCode();
        } finally {
            System.setOut(screen);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .containsPattern(
                        "problem  postgres.url: .* " + OLDER + ".* -- to mend it: ./tallymark migrate --config FILE");
        assertThat(exitCode).isEqualTo(2);
    }

    private Path file(String pipelines) throws Exception {
        return Files.writeString(directory.resolve("tallymark.yaml"), """
                pipelines: %s
                kafka: {bootstrap-servers: "127.0.0.1:1"}
                postgres: {url: "%s", user: "%s"}
                meters: [{metric: calls, event-type: api, aggregation: count}]
                """.formatted(
                        pipelines, database.access().url(), database.access().user()));
    }
}
