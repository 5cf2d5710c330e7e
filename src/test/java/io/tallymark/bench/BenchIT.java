package io.tallymark.bench;

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

/** All contenders over a few events; what they reach says nothing here. */
class BenchIT {
    @TempDir
    private Path directory;

    /** The command fails when a row of Tallymark's table, or of Flink SQL's, is not what was produced. */
    @Test
    void countsWhatWasProducedInBothTablesAndReportsEveryContender() throws Exception {
        Path report = directory.resolve("benchmarks.md");
        StringWriter errors = new StringWriter();
        CommandLine bench =
                Bench.commandLine().setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(errors, true));

        int exit = bench.execute(
                "--events=20000",
                "--duplicates=0.3",
                "--hot-customer=0.5",
                "--late=0.1",
                "--customers=50",
                "--rounds=1",
                "--heap=768",
                "--managed=128",
                "--checkpoints=2s",
                "--early-results=2s",
                "--name=Smoke run",
                "--report=" + report);

        assertThat(errors.toString()).isEmpty();
        assertThat(exit).isZero();
        String number = "[\\d,.]+";
        String speed = number + " \\| " + number + " to " + number + " \\| " + number + " \\| " + number + " \\| ";
        String peak = "(" + number + "|-) \\| ";
        assertThat(Files.readString(report))
                .contains(
                        "## Smoke run\n",
                        "`./tallymark bench --events=20000 --duplicates=0.3 ",
                        "20,000 records with 14,000 ids (30 % repeats)")
                .containsPattern("\\| raw read \\| " + speed + peak + "- \\|")
                .containsPattern("\\| parse only \\| " + speed + peak + "- \\|")
                .containsPattern("\\| Tallymark \\| " + speed + peak + number + " \\|")
                .containsPattern("\\| Flink SQL \\| " + speed + peak + number + " \\|")
                .containsPattern("Tallymark is " + number + " times as fast as Flink SQL")
                .containsPattern("Tallymark reaches " + number + " of the raw read")
                .containsPattern("A retained id takes " + number + " bytes")
                .containsPattern("uploaded " + number + " bytes for each id")
                .containsPattern("A restart from the last checkpoint took " + number + " s")
                .containsPattern("in each tenth of the records: (" + number + "; ){9}" + number + "\\.")
                .doesNotContain(directory.toString());
    }

    /** The command fails when the table is not what was written. */
    @Test
    void writesAnHourByEveryPathAndReportsThem() throws Exception {
        Path report = directory.resolve("benchmarks.md");
        StringWriter errors = new StringWriter();
        CommandLine bench =
                Bench.commandLine().setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(errors, true));

        int exit = bench.execute("--hour-close=5000", "--rounds=1", "--report=" + report);

        assertThat(errors.toString()).isEmpty();
        assertThat(exit).isZero();
        String number = "[\\d,.]+";
        String speed = number + " \\| " + number + " to " + number + " \\| " + number + " \\|";
        assertThat(Files.readString(report))
                .contains(
                        "## Hour close\n",
                        "`./tallymark bench --hour-close=5000 --rounds=1`",
                        "The totals of 5,000 customers")
                .containsPattern("\\| Tallymark's sink \\| " + speed)
                .containsPattern("\\| one statement \\| " + speed)
                .containsPattern("\\| single-row upserts \\| " + speed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--hour-close=0     | --hour-close 0 is out of range",
                "--ids=0            | --ids 0 is out of range",
                "--only=,           | --only names nobody",
                "--name=            | --name is blank",
                "--checkpoints=10ms | --checkpoints 10ms is out of range",
                "--report=none/x.md | --report none/x.md is in no directory",
                "--report=src       | --report src cannot be written"
            })
    void refusesAWrongOptionBeforeItMeasuresAnything(String option, String problem) {
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        CommandLine bench = Bench.commandLine().setOut(new PrintWriter(output)).setErr(new PrintWriter(errors, true));

        int exit = bench.execute("--events=1000", "--rounds=1", option);

        assertThat(errors.toString()).startsWith("error: " + problem).contains("\nto mend it: ");
        assertThat(output.toString()).isEmpty();
        assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
    }
}
