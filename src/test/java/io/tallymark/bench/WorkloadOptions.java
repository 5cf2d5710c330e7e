package io.tallymark.bench;

import io.tallymark.ingest.IngestSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say what is produced. */
final class WorkloadOptions {
    private static final int LEAST_RECORDS = 1_000;
    private static final long MOST_RECORDS = 1_000_000_000;
    private static final int MOST_CUSTOMERS = 100_000;
    private static final int MOST_PARTITIONS = 64;
    private static final int MOST_HOURS = 24 * 34;
    private static final double LARGEST_SHARE = 0.9;
    private static final Duration LEAST_LATENESS = Duration.ofMinutes(1);
    private static final Duration MOST_LATENESS = Duration.ofDays(34);

    @Spec(Spec.Target.MIXEE)
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
            description = "different ids, all of them retained at the end; wins over --events")
    private Optional<Long> ids = Optional.empty();

    @Option(
            names = "--duplicates",
            paramLabel = "SHARE",
            defaultValue = "0.05",
            description = "share of the records that repeat any of the earlier events (default: ${DEFAULT-VALUE})")
    private double duplicates;

    @Option(names = "--customers", paramLabel = "N", defaultValue = "1000", description = "default: ${DEFAULT-VALUE}")
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
            converter = Ranges.DurationConverter.class,
            description = "most that an event comes late (default: ${DEFAULT-VALUE})")
    private Duration lateness = Duration.ZERO;

    @Option(
            names = "--max-lateness",
            paramLabel = "TIME",
            defaultValue = "7d",
            converter = Ranges.DurationConverter.class,
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

    /**
     * The workload that was asked for, which ends about now.
     *
     * @throws picocli.CommandLine.ParameterException when a value is out of range
     */
    Workload workload() {
        checkRanges();
        Duration span = Duration.ofHours(hours);
        return new Workload(
                records(),
                perTenThousand(duplicates),
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

    private long records() {
        if (ids.isEmpty()) {
            return events;
        }
        int firstPerTenThousand = Workload.WHOLE - perTenThousand(duplicates);
        return (ids.get() * Workload.WHOLE + firstPerTenThousand - 1) / firstPerTenThousand;
    }

    private void checkRanges() {
        Ranges.check(spec, "--events", events, LEAST_RECORDS, MOST_RECORDS);
        ids.ifPresent(number -> Ranges.check(spec, "--ids", number, LEAST_RECORDS, MOST_RECORDS));
        Ranges.checkShare(spec, "--duplicates", duplicates, LARGEST_SHARE);
        Ranges.check(spec, "--customers", customers, 1, MOST_CUSTOMERS);
        Ranges.checkShare(spec, "--hot-customer", hotCustomer, 1);
        Ranges.checkShare(spec, "--late", late, 1);
        Ranges.check(spec, "--lateness", lateness, LEAST_LATENESS, MOST_LATENESS);
        Ranges.check(spec, "--max-lateness", maxLateness, LEAST_LATENESS, IngestSettings.LARGEST_MAX_LATENESS);
        Ranges.check(spec, "--hours", hours, 1, MOST_HOURS);
        Ranges.check(spec, "--partitions", partitions, 1, MOST_PARTITIONS);
    }

    private static int perTenThousand(double share) {
        return (int) Math.round(share * Workload.WHOLE);
    }
}
