package io.tallymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.simulator.StripeSimulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sync}, {@code close} and {@code close sheet} as they are called, on a real database and a simulated account. */
class CloseCommandsTest {
    @TempDir
    private Path directory;

    private StripeSimulator simulator;
    private BooksDatabase database;
    private String config = "";

    @BeforeEach
    void open() throws Exception {
        simulator = StripeSimulator.start(0, InstantSource.system());
        database = new BooksDatabase();
        Path key = Files.writeString(directory.resolve("key"), "sk_test_1");
        config = Files.writeString(directory.resolve("tallymark.yaml"), """
                        kafka: {bootstrap-servers: "127.0.0.1:1"}
                        postgres: {url: "%s", user: a_reporter}
                        stripe: {api-base: "%s", api-key-file: "%s"}
                        meters: [{metric: calls, event-type: t, aggregation: count, stripe: {event-name: calls, mode: hourly-total}}]
                        """.formatted(
                                database.access().url(), simulator.apiBase(), key))
                .toString();
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
        simulator.close();
    }

    @Test
    void usageThatWaitsForAPersonIsNamedAndDoesNotStopTheCloseOfOthers() throws SQLException {
        database.total("calls", "stranger", BooksDatabase.hoursAgo(3), "5");
        database.total("calls", "stranger", BooksDatabase.hoursAgo(2), "6");

        CommandRun sync = run("sync");

        assertThat(sync.exitCode()).as(sync.err()).isZero();
        assertThat(sync.err())
                .contains("waiting  stranger calls: 2 hours from " + BooksDatabase.hoursAgo(3)
                        + ", unmapped -- to mend it: ./tallymark customers import");
        assertThat(sync.out()).startsWith("sync: DONE told=0 left=0 waiting=2 confirmed=0");
    }

    @Test
    void nothingToTellIsOk() {
        assertThat(run("sync").out()).startsWith("sync: OK told=0 left=0 waiting=0 ");
    }

    @Test
    void customerOfWhomNobodyKnowsIsAMistake() throws SQLException {
        for (List<String> command : List.of(List.of("sync"), List.of("close"), List.of("close", "sheet"))) {
            List<String> line = new ArrayList<>(command);
            line.addAll(List.of("--customer", "nope"));
            assertMistake(run(line.toArray(String[]::new)), "nobody is mapped as nope", "customers import");
        }

        database.total("calls", "used", BooksDatabase.hoursAgo(3), "5");
        assertThat(run("close", "sheet", "--customer", "used").exitCode()).isZero();
    }

    @Test
    void allThatIsDueMayBeNarrowed() {
        assertThat(run("close", "--all-due", "--period", "2026-06").out()).contains("close: OK invoices=0");
        assertMistake(run("close"), "say which: --all-due", "--help");
        assertMistake(run("close", "--all-due", "in_1"), "leave --all-due away", "--help");
    }

    private CommandRun run(String... args) {
        List<String> line = new ArrayList<>(List.of(args));
        line.addAll(List.of("--config", config));
        return CommandRun.of(line.toArray(String[]::new));
    }

    private static void assertMistake(CommandRun run, String... parts) {
        assertThat(run.exitCode()).as(run.out()).isEqualTo(2);
        assertThat(run.err()).contains(parts).contains("to mend it: ").doesNotContain("\tat ");
    }
}
