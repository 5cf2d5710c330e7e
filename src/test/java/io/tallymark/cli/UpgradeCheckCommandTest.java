package io.tallymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.config.MeteringConfiguration;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpgradeCheckCommandTest {
    private static WorkDirectory work;
    private static EmbeddedDatabase database;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
    }

    @AfterAll
    static void stop() {
        database.close();
        work.close();
    }

    @BeforeEach
    void clear() throws Exception {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM metering_progress");
        }
    }

    @Test
    void exitsWith0WhenTheJobGoesOn() throws Exception {
        runs(
                "usage-events",
                MeteringConfiguration.of(SettingsLoader.load(file("7d", "usage-events")))
                        .json());

        CommandRun same =
                CommandRun.of("upgrade-check", file("7d", "usage-events").toString());
        CommandRun shorter =
                CommandRun.of("upgrade-check", file("6d", "usage-events").toString());

        assertThat(same.out()).contains("nothing that is compared differs: the job goes on; compared were pipelines");
        assertThat(same.exitCode()).isZero();
        assertThat(shorter.out()).contains("note     max-lateness 7d -> 6d: events that are older are dead letters");
        assertThat(shorter.exitCode()).isZero();
    }

    @Test
    void exitsWith1WhenTheJobWouldEnd() throws Exception {
        runs(
                "usage-events",
                MeteringConfiguration.of(SettingsLoader.load(file("7d", "usage-events")))
                        .json());

        CommandRun longer =
                CommandRun.of("upgrade-check", file("8d", "usage-events").toString());

        assertThat(longer.out())
                .contains("refused  max-lateness 7d -> 8d: ", "the job would not go on from a savepoint of this one");
        assertThat(longer.exitCode()).isEqualTo(1);
    }

    @Test
    void saysWhichTopicIsMeteredInstead() throws Exception {
        runs("usage-events", "{}");

        CommandRun other = CommandRun.of("upgrade-check", file("7d", "usage-2").toString());

        assertThat(other.err())
                .contains("no job has metered the topic usage-2 into this database, but usage-events", "kafka.topic");
        assertThat(other.exitCode()).isEqualTo(2);
    }

    @Test
    void saysWhenTheRunningJobIsTooOldToTell() throws Exception {
        runs("usage-events", null);

        CommandRun check =
                CommandRun.of("upgrade-check", file("7d", "usage-events").toString());

        assertThat(check.err()).contains("does not say its configuration", "docs/operations.md");
        assertThat(check.exitCode()).isEqualTo(2);
    }

    @Test
    void saysTheSameOfTablesOfAnOlderVersion() throws Exception {
        runs("usage-events", "{}");
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE metering_progress RENAME COLUMN configuration TO hidden");
            CommandRun check =
                    CommandRun.of("upgrade-check", file("7d", "usage-events").toString());
            statement.execute("ALTER TABLE metering_progress RENAME COLUMN hidden TO configuration");

            assertThat(check.err()).contains("does not say its configuration");
        }
    }

    @Test
    void saysThatTheSchemaIsOlderThanTheNewJobNeeds() throws Exception {
        runs(
                "usage-events",
                MeteringConfiguration.of(SettingsLoader.load(file("7d", "usage-events")))
                        .json());
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER FUNCTION schema_version() RENAME TO hidden");
            CommandRun check =
                    CommandRun.of("upgrade-check", file("7d", "usage-events").toString());
            statement.execute("ALTER FUNCTION hidden() RENAME TO schema_version");

            assertThat(check.out())
                    .contains("note     schema below 19 -> ", "./tallymark migrate --config FILE")
                    .contains("the job goes on, with what is noted above");
            assertThat(check.exitCode()).isZero();
        }
    }

    @Test
    void saysThatTheDatabaseCannotBeAsked() throws Exception {
        String known = Files.readString(file("7d", "usage-events"));
        String url = database.access().url();

        CommandRun away = check(known.replace(url, "jdbc:postgresql://127.0.0.1:1/tallymark"));
        CommandRun empty = check(known.replace(url, url.replace("/tallymark", "/postgres")));

        assertThat(away.err()).startsWith("error: postgres.url: cannot use ").hasLineCount(2);
        assertThat(away.exitCode()).isEqualTo(2);
        assertThat(empty.err())
                .contains("has no table usage_hourly", "./tallymark migrate --config FILE")
                .hasLineCount(2);
        assertThat(empty.exitCode()).isEqualTo(2);
    }

    @Test
    void saysThatThereIsNoSuchFile() throws Exception {
        CommandRun check = CommandRun.of("upgrade-check", "nope.yaml");

        assertThat(check.err()).contains("there is no file nope.yaml", "name the configuration that is to follow");
        assertThat(check.exitCode()).isEqualTo(2);
    }

    private CommandRun check(String yaml) throws Exception {
        return CommandRun.of(
                "upgrade-check",
                Files.writeString(directory.resolve("new.yaml"), yaml).toString());
    }

    private static void runs(String topic, @Nullable String configuration) throws Exception {
        try (Connection connection = database.access().connect();
                PreparedStatement statement = connection.prepareStatement(
                        "INSERT INTO metering_progress (topic, moved_at, written_at, writer_epoch, configuration)"
                                + " VALUES (?, now(), now(), 1, ?::jsonb)")) {
            statement.setString(1, topic);
            statement.setString(2, configuration);
            statement.executeUpdate();
        }
    }

    private Path file(String maxLateness, String topic) throws Exception {
        return Files.writeString(directory.resolve(maxLateness + topic + ".yaml"), """
                pipelines: [metering]
                kafka: {bootstrap-servers: "127.0.0.1:1", topic: %s}
                postgres: {url: "%s", user: "%s"}
                metering: {max-lateness: %s}
                meters: [{metric: calls, event-type: api, aggregation: count}]
                """.formatted(
                        topic, database.access().url(), database.access().user(), maxLateness));
    }
}
