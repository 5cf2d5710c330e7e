package io.tallymark.cli;

import io.tallymark.embedded.traffic.AppendTime;
import io.tallymark.embedded.traffic.EventFile;
import io.tallymark.embedded.traffic.Pace;
import io.tallymark.embedded.traffic.Traffic;
import io.tallymark.embedded.traffic.TrafficProducer;
import io.tallymark.embedded.traffic.TrafficSettings;
import io.tallymark.embedded.traffic.TrafficTopic;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthFile;
import io.tallymark.embedded.traffic.TruthKeeper;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code produce}: the demo's generator alone, or the events of a file, to any broker, in real time. */
@Command(
        name = "produce",
        description = "Sends seeded usage events, with duplicates, late and malformed ones among them, to a topic;"
                + " writes what should be counted. Its meters are those of flink-conf/tallymark.yaml. With --file it"
                + " sends that file's events.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ProduceCommand implements Callable<Integer> {
    private static final int LARGEST_SEED = 1_000_000_000;
    private static final int END_SECONDS = 40;
    private static final int PROGRESS_EVERY = 10_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:19092",
            description = "the broker (default: ${DEFAULT-VALUE})")
    private String bootstrapServers = "";

    @Option(names = "--topic", defaultValue = "usage-events", description = "default: ${DEFAULT-VALUE}")
    private String topic = "";

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "records a second (default: ${DEFAULT-VALUE})")
    private int rate;

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "10000",
            description = "records in all, wrong and repeated ones included (default: ${DEFAULT-VALUE})")
    private long events;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description =
                    "start of all random choices; the same seed again sends duplicates (default: a new one, printed)")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--truth", paramLabel = "FILE", description = "write what should be counted, as JSON lines")
    private Optional<Path> truthFile = Optional.empty();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description =
                    "send the events of this file instead, one JSON object a line, with their time as Kafka timestamp; -: standard"
                            + " input. Sending a file again is harmless, so each line must have its time")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--time-now",
            description =
                    "with --file: lines without a time are of the moment at which they are sent. Such a file must be"
                            + " sent once only: again, its events are other ones with the same ids")
    private boolean timeNow;

    @Override
    public Integer call() {
        Bounds.check(spec, "--rate", rate, 1, 10_000_000);
        if (file.isPresent()) {
            return sendFile(file.get());
        }
        if (timeNow) {
            throw new ParameterException(spec.commandLine(), "--time-now is of the events of a --file");
        }
        Bounds.check(spec, "--events", events, 1, Integer.MAX_VALUE);
        long start = seed.orElseGet(() -> (long) new SecureRandom().nextInt(LARGEST_SEED));
        int partitions = TrafficTopic.partitions(bootstrapServers, topic);
        System.out.println(
                "produce: " + events + " records to " + topic + " at " + bootstrapServers + ", seed " + start);
        TruthKeeper keeper = new TruthKeeper();
        AtomicLong stored = new AtomicLong();
        truthFile.ifPresent(file -> TruthFile.write(file, keeper.truth()));
        CountDownLatch finished = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(stopping(Thread.currentThread(), finished), "produce-end"));
        try {
            send(start, partitions, keeper, stored);
            finish(keeper, stored.get());
        } finally {
            finished.countDown();
        }
        return 0;
    }

    private int sendFile(Path events) {
        for (String option : List.of("--events", "--seed", "--truth")) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(spec.commandLine(), option + " is of generated events, not of a --file");
            }
        }
        TrafficTopic.partitions(bootstrapServers, topic);
        AtomicLong stored = new AtomicLong();
        try (EventFile lines = EventFile.open(events, topic, timeNow);
                TrafficProducer producer = TrafficProducer.open(bootstrapServers)) {
            producer.send(lines, Pace.perSecond(rate), stored::set);
        } finally {
            System.out.println("produce: stored=" + stored.get());
        }
        return 0;
    }

    private void send(long start, int partitions, TruthKeeper keeper, AtomicLong stored) {
        try (TrafficProducer producer = TrafficProducer.open(bootstrapServers)) {
            Traffic traffic = new Traffic(
                    TrafficSettings.standard(start, topic, events, partitions), AppendTime.realTime(Clock.systemUTC()));
            producer.send(traffic, Pace.perSecond(rate), keeper, count -> progress(stored, count));
            // An interrupt has done its work; it would only break the closing and the writing that follow.
            var unused = Thread.interrupted();
        }
    }

    /** Ctrl-C stops the sender, and waits until it has the acknowledgements and the truth is written. */
    private static Runnable stopping(Thread sender, CountDownLatch finished) {
        return () -> {
            sender.interrupt();
            try {
                if (!finished.await(END_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("error: the broker did not acknowledge in time; the truth file is not complete");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private void progress(AtomicLong stored, long count) {
        stored.set(count);
        if (count % PROGRESS_EVERY == 0) {
            System.out.printf("produce: %,d of %,d%n", count, events);
        }
    }

    /** The truth is of what the broker acknowledged. */
    private void finish(TruthKeeper keeper, long stored) {
        Truth truth = keeper.truth();
        truthFile.ifPresent(file -> TruthFile.write(file, truth));
        System.out.printf(
                "produce: stored=%d counted=%d withdrawn=%d duplicates=%d conflicts=%d void-waiting=%d dead-lettered=%d ignored=%d"
                        + " rows=%d%n",
                stored,
                truth.counts().counted(),
                truth.counts().withdrawn(),
                truth.counts().duplicates(),
                truth.counts().conflicts(),
                truth.counts().voidWaiting(),
                truth.counts().deadLetters(),
                truth.counts().ignored(),
                truth.rows().size());
    }
}
