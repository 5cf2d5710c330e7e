package io.tallymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A user's mistake is one line, its remedy and exit code 2; never a stack trace. */
class TallymarkTest {
    @TempDir
    Path directory;

    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @Test
    void everyCommandHasHelp() {
        for (String command : Tallymark.commandLine().getSubcommands().keySet()) {
            assertThat(run(command, "--help")).as(command).isZero();
        }
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "demo", "up", "produce", "migrate", "doctor", "status", "simulator", "reconcile", "customers");
    }

    @Test
    void saysItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("tallymark ").doesNotContain("$");
    }

    @Test
    void wrongFlagIsNamedWithASuggestion() {
        assertMistake(run("up", "--kafka-prt", "1"), "--kafka-prt", "--kafka-port");
    }

    @Test
    void wrongCommandIsNamedWithASuggestion() {
        assertMistake(run("demmo"), "demmo", "demo");
    }

    @Test
    void numberOutOfRangeIsNamedWithItsRange() {
        assertMistake(run("demo", "--events-per-second", "0"), "--events-per-second 0", "from 1 to");
        assertMistake(run("up", "--web-port", "70000"), "--web-port", "70000");
        assertMistake(run("status", "--hours", "10001"), "--hours 10001", "from 0 to");
        assertMistake(run("status", "--stale-after", "soon"), "--stale-after", "soon");
    }

    @Test
    void missingConfigurationIsNamed() {
        assertMistake(run("migrate", "--config", "nowhere.yaml"), "nowhere.yaml", "--config FILE");
    }

    @Test
    void unknownKeyIsNamedWithASuggestion() throws Exception {
        Path file = Files.writeString(
                directory.resolve("tallymark.yaml"),
                "kafka: {bootstrap-server: x}\npostgres: {url: 'jdbc:postgresql:x', user: y}\n");
        assertMistake(run("doctor", "--config", file.toString()), "kafka.bootstrap-server", "bootstrap-servers");
    }

    @Test
    void unreachableDatabaseIsNamed() throws Exception {
        Path file = Files.writeString(directory.resolve("tallymark.yaml"), """
                kafka: {bootstrap-servers: "127.0.0.1:1"}
                postgres: {url: "jdbc:postgresql://127.0.0.1:1/none", user: nobody}
                meters: [{metric: m, event-type: t, aggregation: count}]
                """);
        assertMistake(run("migrate", "--config", file.toString()), "127.0.0.1:1", "postgres.url");
        assertMistake(run("status", "--config", file.toString()), "127.0.0.1:1", "postgres.url");
    }

    private int run(String... args) {
        CommandLine command = Tallymark.commandLine();
        command.setErr(new PrintWriter(err, true)).setOut(new PrintWriter(out, true));
        return command.execute(args);
    }

    private void assertMistake(int exitCode, String... parts) {
        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString())
                .contains("error: ", "to mend it: ")
                .contains(parts)
                .doesNotContain("\tat ");
    }

    @Test
    void fileOfEventsIsNotGenerated() {
        CommandRun run = CommandRun.of("produce", "--file", "events.jsonl", "--seed", "1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--seed is of generated events, not of a --file");
    }

    @Test
    void momentOfSendingIsOfAFile() {
        CommandRun run = CommandRun.of("produce", "--time-now");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--time-now is of the events of a --file");
    }

    @ParameterizedTest
    @CsvSource({"--customer, acme", "--period, 2026-03"})
    void closeTakesInvoicesOrWhatNarrowsThemDown(String option, String value) {
        CommandRun run = CommandRun.of("close", "in_1", option, value);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("INVOICE says which: leave --customer and --period away with it");
    }
}
