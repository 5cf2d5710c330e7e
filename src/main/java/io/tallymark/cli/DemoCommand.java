package io.tallymark.cli;

import io.tallymark.embedded.demo.Demo;
import io.tallymark.embedded.demo.DemoSettings;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}: a simulated day through real parts, with a proof at the end. */
@Command(
        name = "demo",
        description =
                "Starts real Kafka, PostgreSQL, Flink and the Stripe simulator in one process, replays a simulated day"
                        + " and proves that truth, table and Stripe agree. Exit 0 when they do, 1 when not.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DemoCommand implements Callable<Integer> {
    private static final int LARGEST_SEED = 1_000_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            defaultValue = "60s",
            converter = DurationConverter.class,
            description = "how long the day takes (default: ${DEFAULT-VALUE})")
    private Duration duration = Duration.ofMinutes(1);

    @Option(
            names = "--events-per-second",
            paramLabel = "N",
            defaultValue = "2000",
            description = "records a second, wrong and repeated ones included (default: ${DEFAULT-VALUE})")
    private int eventsPerSecond;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "start of all random choices (default: a new one, printed)")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--lose-task-manager", description = "kill Flink's TaskManager in the middle of the day")
    private boolean loseTaskManager;

    @Option(names = "--replay", description = "read the day again at the end; falsify a row, find it and mend it")
    private boolean replay;

    @Override
    public Integer call() throws Exception {
        Bounds.check(
                spec, "--for", duration.toSeconds(), 1, Duration.ofHours(12).toSeconds());
        Bounds.check(spec, "--events-per-second", eventsPerSecond, 1, 1_000_000);
        long start = seed.orElseGet(() -> (long) new SecureRandom().nextInt(LARGEST_SEED));
        DemoSettings settings = new DemoSettings(duration, eventsPerSecond, start, loseTaskManager, replay);
        boolean terminal = Boolean.getBoolean("tallymark.terminal");
        return new Demo(settings, System.out, terminal, Clock.systemUTC()).run() ? 0 : 1;
    }
}
