package io.tallymark.bench;

import io.tallymark.config.DurationText;
import io.tallymark.usage.UserError;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code ./tallymark bench}: measures Tallymark on this machine, beside what a user might take instead, and writes the report. */
@Command(
        name = "bench",
        description = "Produces usage events once and then, round by round, reads them raw, parses them, meters them with"
                + " Tallymark and meters them with Flink SQL, each in a process of its own with two slots. Compares the"
                + " tables with what was produced, and writes medians and ratios.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Bench implements Callable<Integer> {
    private static final int LEAST_RECORDS = 1_000;
    private static final long MOST_RECORDS = 1_000_000_000;
    private static final int MOST_CUSTOMERS = 100_000;
    private static final int MOST_PARTITIONS = 64;
    private static final int MOST_HOURS = 24 * 34;
    private static final int MOST_ROUNDS = 99;
    private static final int LEAST_MEBIBYTES = 64;
    private static final int MOST_MEBIBYTES = 1 << 16;
    private static final double LARGEST_SHARE = 0.9;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "5000000",
            description = "records in all, repeats included (default: ${DEFAULT-VALUE})")
    private long events;

    @Option(
            names = "--ids",
            paramLabel = "N",
            defaultValue = "0",
            description = "different ids that are retained at the end; wins over --events")
    private long ids;

    @Option(
            names = "--duplicates",
            paramLabel = "SHARE",
            defaultValue = "0.05",
            description = "share of the records that repeat one of all earlier events (default: ${DEFAULT-VALUE})")
    private double duplicates;

    @Option(
            names = "--customers",
            paramLabel = "N",
            defaultValue = "1000",
            description = "default: ${DEFAULT-VALUE}")
    private int customers;

    @Option(
            names = "--hot-customer",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "share of the events that are of one customer (default: ${DEFAULT-VALUE})")
    private double hotCustomer;

    @Option(
            names = "--late",
            paramLabel = "SHARE",
            defaultValue = "0.02",
            description = "share of the events that come late (default: ${DEFAULT-VALUE})")
    private double late;

    @Option(
            names = "--lateness",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = DurationConverter.class,
            description = "most that an event comes late, 1m at least (default: ${DEFAULT-VALUE})")
    private Duration lateness = Duration.ZERO;

    @Option(
            names = "--max-lateness",
            paramLabel = "TIME",
            defaultValue = "7d",
            converter = DurationConverter.class,
            description = "how long ids are retained (default: ${DEFAULT-VALUE})")
    private Duration maxLateness = Duration.ZERO;

    @Option(
            names = "--hours",
            paramLabel = "N",
            defaultValue = "6",
            description = "hours of simulated traffic (default: ${DEFAULT-VALUE})")
    private int hours;

    @Option(
            names = "--key",
            paramLabel = "WHAT",
            defaultValue = "customer",
            description = "what decides on the partition: customer or id (default: ${DEFAULT-VALUE})")
    private Workload.Key key = Workload.Key.CUSTOMER;

    @Option(names = "--partitions", paramLabel = "N", defaultValue = "4", description = "default: ${DEFAULT-VALUE}")
    private int partitions;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
    private long seed;

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
            names = "--name",
            paramLabel = "TEXT",
            defaultValue = "Everyday traffic",
            description = "heading of the section that is written or replaced (default: ${DEFAULT-VALUE})")
    private String name = "";

    @Option(
            names = "--report",
            paramLabel = "FILE",
            defaultValue = "docs/benchmarks.md",
            description = "default: ${DEFAULT-VALUE}")
    private Path report = Path.of("");

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof UserError mistake) {
                        command.getErr().println("error: " + mistake.getMessage());
                        command.getErr().println("to mend it: " + mistake.remedy());
                        return CommandLine.ExitCode.USAGE;
                    }
                    failure.printStackTrace(command.getErr());
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    @Override
    public Integer call() throws Exception {
        Workload load = workload();
        Rounds.Size size = new Rounds.Size(rounds, List.copyOf(only), heap, managed);
        Map<Contender, List<RunFigures>> figures =
                new Rounds(load, size, line -> spec.commandLine().getOut().println(line)).run();
        Section section = new Section(name, new Summary(load, figures), size, Machine.here(), Instant.now());
        new Report(report).put(section);
        spec.commandLine().getOut().println(section.text());
        return CommandLine.ExitCode.OK;
    }

    private Workload workload() {
        checkBounds();
        int duplicatesPerTenThousand = perTenThousand(duplicates);
        OptionalLong asked = ids > 0 ? OptionalLong.of(ids) : OptionalLong.empty();
        long records = asked.isPresent()
                ? asked.getAsLong() * Workload.WHOLE / (Workload.WHOLE - duplicatesPerTenThousand)
                : events;
        Duration span = Duration.ofHours(hours);
        return new Workload(
                records,
                duplicatesPerTenThousand,
                customers,
                perTenThousand(hotCustomer),
                perTenThousand(late),
                lateness,
                span,
                maxLateness,
                key,
                partitions,
                seed,
                Instant.now().truncatedTo(ChronoUnit.HOURS).minus(span).toEpochMilli());
    }

    private void checkBounds() {
        check("--events", events, LEAST_RECORDS, MOST_RECORDS);
        check("--ids", ids, 0, MOST_RECORDS);
        check("--duplicates", duplicates, 0, LARGEST_SHARE);
        check("--customers", customers, 1, MOST_CUSTOMERS);
        check("--hot-customer", hotCustomer, 0, 1);
        check("--late", late, 0, 1);
        check("--lateness in minutes", lateness.toMinutes(), 1, Duration.ofDays(34).toMinutes());
        check("--hours", hours, 1, MOST_HOURS);
        check("--partitions", partitions, 1, MOST_PARTITIONS);
        check("--rounds", rounds, 1, MOST_ROUNDS);
        check("--heap", heap, LEAST_MEBIBYTES, MOST_MEBIBYTES);
        check("--managed", managed, LEAST_MEBIBYTES, MOST_MEBIBYTES);
    }

    private void check(String flag, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new ParameterException(
                    spec.commandLine(), flag + " is out of range: from " + plain(least) + " to " + plain(most));
        }
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private static int perTenThousand(double share) {
        return (int) Math.round(share * Workload.WHOLE);
    }

    /** Durations look as they do in tallymark.yaml. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return DurationText.parse(text)
                    .orElseThrow(() -> new TypeConversionException(text + " is no duration such as 60s or 2m"));
        }
    }
}
