package io.tallymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.config.MeteringConfiguration;
import io.tallymark.config.SettingsLoader;
import io.tallymark.reconcile.BooksDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code upgrade-check}, and the commands that tell hours, say of a way to report that would bill wrong. Stripe is away. */
class ReportingUpgradeCheckTest {
    @TempDir
    private Path directory;

    private BooksDatabase books;

    @BeforeEach
    void open() throws Exception {
        books = new BooksDatabase();
        books.execute("INSERT INTO reported_meter VALUES ('calls', 'calls', 'delta')");
        books.total("calls", "acme", BooksDatabase.hoursAgo(5), "5");
        books.accepted("calls", "acme", BooksDatabase.hoursAgo(5), 1, "delta", "5", "5");
        books.execute(
                "INSERT INTO metering_progress (topic, moved_at, written_at, writer_epoch, configuration)"
                        + " VALUES ('usage-events', now(), now(), 1, ?::jsonb)",
                MeteringConfiguration.of(SettingsLoader.load(file("calls", "delta")))
                        .json());
    }

    @AfterEach
    void close() throws SQLException {
        books.close();
    }

    @Test
    void changedModeEndsWith1() throws Exception {
        CommandRun check = check("calls", "hourly-total");

        assertThat(check.out())
                .contains(
                        "refused  meter calls: stripe.mode delta -> hourly-total with the same event-name calls: ",
                        "keep mode delta, or name another Stripe meter in stripe.event-name",
                        "the job would not go on from a savepoint of this one");
        assertThat(check.exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"delta", "hourly-total"})
    void renamedMeterThatKeepsTheEventNameEndsWith1(String mode) throws Exception {
        assertThat(check("calls2", mode))
                .satisfies(check -> assertThat(check.out()).contains("refused  meter calls2: "))
                .returns(1, CommandRun::exitCode);
    }

    @Test
    void unchangedMeterGoesOnAlthoughStripeCannotBeAsked() throws Exception {
        CommandRun check = check("calls", "delta");

        assertThat(check.out()).contains("note     Stripe could not be asked: ");
        assertThat(check.exitCode()).isZero();
    }

    /** Whatever tells hours refuses what the job's start refuses, also where the job itself only meters. */
    @ParameterizedTest
    @ValueSource(strings = {"sync", "close --all-due", "serve"})
    void commandThatWouldTellHoursOfAnotherMeterIsRefused(String command) throws Exception {
        Path config = file("calls2", "delta");
        Files.writeString(config, "pipelines: [metering]\n" + Files.readString(config));

        CommandRun run = CommandRun.of((command + " --config " + config).split(" "));

        assertThat(run.err()).contains("meter calls2: Stripe was told meter calls under the event-name calls");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(books.rows("SELECT metric FROM reported_meter")).containsExactly("calls");
    }

    private CommandRun check(String metric, String mode) throws IOException {
        return CommandRun.of("upgrade-check", file(metric, mode).toString());
    }

    private Path file(String metric, String mode) throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "sk_test_simulator");
        return Files.writeString(directory.resolve(metric + mode + ".yaml"), """
                kafka: {bootstrap-servers: "127.0.0.1:1"}
                postgres: {url: "%s", user: a_reporter}
                stripe: {api-base: "http://127.0.0.1:1", api-key-file: "%s"}
                meters: [{metric: %s, event-type: t, aggregation: count, stripe: {event-name: calls, mode: %s}}]
                """.formatted(
                        books.access().url(), key, metric, mode));
    }
}
