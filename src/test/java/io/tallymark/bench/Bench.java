package io.tallymark.bench;

import io.tallymark.usage.UserError;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./tallymark bench}: measures Tallymark on this machine, beside what a user might take instead, and writes the report. */
@Command(
        name = "tallymark bench",
        description =
                "Produces usage events once and then, round by round, reads them raw, parses them, meters them with"
                        + " Tallymark and meters them with Flink SQL, each in a process of its own with two slots. Compares the"
                        + " tables with what was produced, and writes medians and ratios.",
        sortOptions = false)
final class Bench implements Callable<Integer> {
    private static final int MOST_ROUNDS = 99;
    private static final int LEAST_ROWS = 100;
    private static final int MOST_ROWS = 1_000_000;
    private static final int LEAST_MEBIBYTES = 64;
    private static final int MOST_MEBIBYTES = 1 << 16;
    private static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MOST_INTERVAL = Duration.ofHours(1);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private WorkloadOptions workload = new WorkloadOptions();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--only",
            paramLabel = "WHO",
            split = ",",
            description = "of raw_read, parse_only, tallymark, flink_sql (default: all)")
    private List<Contender> only = List.of(Contender.values());

    @Option(
            names = "--heap",
            paramLabel = "MIB",
            defaultValue = "2048",
            description = "heap of each run's process (default: ${DEFAULT-VALUE})")
    private int heap;

    @Option(
            names = "--managed",
            paramLabel = "MIB",
            defaultValue = "768",
            description = "memory that RocksDB gets on top (default: ${DEFAULT-VALUE}, as in flink-conf/config.yaml)")
    private int managed;

    @Option(
            names = "--checkpoints",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Ranges.DurationConverter.class,
            description = "interval of checkpoints (default: ${DEFAULT-VALUE})")
    private Duration checkpoints = Duration.ZERO;

    @Option(
            names = "--early-results",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = Ranges.DurationConverter.class,
            description = "Tallymark's metering.early-results (default: ${DEFAULT-VALUE})")
    private Duration earlyResults = Duration.ZERO;

    @Option(
            names = "--hour-close",
            paramLabel = "ROWS",
            description = "measures how fast that many totals of one hour get into the table, and nothing else")
    private Optional<Integer> hourClose = Optional.empty();

    @Option(
            names = "--name",
            paramLabel = "TEXT",
            defaultValue = "Everyday traffic",
            description = "heading of the section that is written or replaced (default: ${DEFAULT-VALUE})")
    private String name = "";

    @Option(
            names = "--report",
            paramLabel = "FILE",
            defaultValue = "${sys:tallymark.home:-.}/docs/benchmarks.md",
            description = "where the figures go (default: docs/benchmarks.md)")
    private Path report = Path.of("");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this and exit")
    @SuppressWarnings("UnusedVariable") // picocli sees it.
    private boolean help;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((mistake, arguments) ->
                        wrongUse(mistake, mistake.getCommandLine().getErr()))
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command.getErr()));
    }

    @Override
    public Integer call() throws Exception {
        checkCommon();
        if (hourClose.isPresent()) {
            return closeHours(hourClose.get());
        }
        Workload load = workload.workload();
        RunSize size = runSize();
        PrintWriter out = spec.commandLine().getOut();
        Map<Contender, List<RunFigures>> figures = new Rounds(load, rounds, only, size, line -> print(out, line)).run();
        Section section = new Section(name, command(), new Summary(load, figures), size, Machine.here(), Instant.now());
        write(section.name(), section.text());
        return CommandLine.ExitCode.OK;
    }

    /** Before anything is measured: a long run must not end for a mistake that was there from the start. */
    private void checkCommon() {
        Ranges.check(spec, "--rounds", rounds, 1, MOST_ROUNDS);
        if (only.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--only names nobody");
        }
        if (name.isBlank()) {
            throw new ParameterException(spec.commandLine(), "--name is blank, but a section needs a heading");
        }
        new Report(report).requireWritable();
    }

    private int closeHours(int rows) throws Exception {
        Ranges.check(spec, "--hour-close", rows, LEAST_ROWS, MOST_ROWS);
        PrintWriter out = spec.commandLine().getOut();
        Map<WritePath, List<Double>> seconds = new HourClose(rows, rounds, line -> print(out, line)).run();
        write(
                HourCloseSection.NAME,
                new HourCloseSection(command(), rows, seconds, Machine.here(), Instant.now()).text());
        return CommandLine.ExitCode.OK;
    }

    private String command() {
        return CommandText.of(spec.commandLine().getParseResult().originalArgs());
    }

    private void write(String section, String text) throws IOException {
        new Report(report).put(section, text);
        print(spec.commandLine().getOut(), text);
    }

    private RunSize runSize() {
        Ranges.check(spec, "--heap", heap, LEAST_MEBIBYTES, MOST_MEBIBYTES);
        Ranges.check(spec, "--managed", managed, LEAST_MEBIBYTES, MOST_MEBIBYTES);
        Ranges.check(spec, "--checkpoints", checkpoints, LEAST_INTERVAL, MOST_INTERVAL);
        Ranges.check(spec, "--early-results", earlyResults, LEAST_INTERVAL, MOST_INTERVAL);
        return new RunSize(heap, managed, checkpoints, earlyResults);
    }

    /** A long run is watched: each line is seen when it comes. */
    private static void print(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }

    private static int wrongUse(ParameterException mistake, PrintWriter err) {
        err.println("error: " + mistake.getMessage());
        err.println("to mend it: ./tallymark bench --help");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception failure, PrintWriter err) {
        if (failure instanceof UserError mistake) {
            err.println("error: " + mistake.getMessage());
            err.println("to mend it: " + mistake.remedy());
            return CommandLine.ExitCode.USAGE;
        }
        if (failure instanceof BenchFailure) {
            err.println("error: " + failure.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        failure.printStackTrace(err);
        return CommandLine.ExitCode.SOFTWARE;
    }
}
