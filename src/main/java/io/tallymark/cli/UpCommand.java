package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.LocalPorts;
import io.tallymark.embedded.LocalStack;
import io.tallymark.embedded.SimulatedAccount;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.rehearsal.Rehearsal;
import io.tallymark.embedded.rehearsal.RehearsalClock;
import io.tallymark.stripe.StripeReadings;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code up}: the same parts as the demo, on known ports and without a generator, until Ctrl-C. */
@Command(
        name = "up",
        description =
                "Starts real Kafka, PostgreSQL, Flink with the job and the Stripe simulator on this machine, and stays up."
                        + " Nothing is kept after Ctrl-C.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class UpCommand implements Callable<Integer> {
    private static final int PARTITIONS = 4;
    private static final int PARALLELISM = 2;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "19092",
            description = "default: ${DEFAULT-VALUE}")
    private int kafkaPort;

    @Option(
            names = "--postgres-port",
            paramLabel = "PORT",
            defaultValue = "15432",
            description = "default: ${DEFAULT-VALUE}")
    private int postgresPort;

    @Option(
            names = "--stripe-port",
            paramLabel = "PORT",
            defaultValue = "12111",
            description = "default: ${DEFAULT-VALUE}")
    private int stripePort;

    @Option(names = "--web-port", paramLabel = "PORT", defaultValue = "8081", description = "default: ${DEFAULT-VALUE}")
    private int webPort;

    @Option(
            names = "--rehearsal",
            paramLabel = "TIME",
            converter = InstantConverter.class,
            description =
                    "begin at this time instead of now, on a clock that POST /_simulator/clock?advance=30h (or ?to=TIME) moves:"
                            + " of the simulator, the database and the topic, where events carry their own timestamps")
    private @Nullable Instant rehearsal;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() throws Exception {
        Settings configured = rehearsal == null ? config.load() : Rehearsal.settings(config.load());
        Optional<RehearsalClock> clock =
                Optional.ofNullable(rehearsal).map(begin -> new RehearsalClock(InstantSource.system(), begin));
        LocalPorts ports = new LocalPorts(
                ListenPort.given(kafkaPort, "--kafka-port"),
                ListenPort.given(postgresPort, "--postgres-port"),
                ListenPort.given(stripePort, "--stripe-port"),
                ListenPort.given(webPort, "--web-port"));
        try (Teardown teardown = Teardown.atExit()) {
            LocalStack stack = LocalStack.start(
                    teardown,
                    ports,
                    PARALLELISM,
                    clock.map(InstantSource.class::cast).orElse(InstantSource.system()),
                    part -> System.out.println("up: " + part));
            Settings settings = stack.localised(configured);
            stack.createTopics(settings, PARTITIONS);
            if (clock.isPresent()) {
                Rehearsal.begin(teardown, stack, settings, PARTITIONS, clock.get());
            }
            try (StripeReadings stripe = StripeReadings.open(settings.stripe())) {
                SimulatedAccount.createMeters(settings, stripe);
            }
            stack.submit(settings);
            announce(stack, settings, clock);
            new CountDownLatch(1).await();
            return 0;
        }
    }

    private void announce(LocalStack stack, Settings settings, Optional<RehearsalClock> clock) {
        System.out.println("""
                up: ready; Ctrl-C ends it and keeps nothing
                  events        kafka %s, topic %s (%d partitions)
                  dead letters  topic %s
                  table         psql -h 127.0.0.1 -p %d -U %s tallymark
                  dashboard     %s
                  Stripe        %s (the simulator)
                  config        %s
                for status, reconcile, customers, dead-letters, explain and replay beside it:
                  export POSTGRES_PASSWORD=any STRIPE_API_KEY=sk_test_any POSTGRES_URL=%s KAFKA_BOOTSTRAP_SERVERS=%s STRIPE_API_BASE=%s""".formatted(
                        stack.kafka().bootstrapServers(),
                        settings.ingest().topic(),
                        PARTITIONS,
                        settings.deadLetters().topic(),
                        stack.database().port(),
                        settings.database().user(),
                        stack.flink().webUi(),
                        stack.simulator().apiBase(),
                        config.file(),
                        settings.database().url(),
                        stack.kafka().bootstrapServers(),
                        stack.simulator().apiBase()));
        clock.ifPresent(moved -> System.out.println("to move the clock, now at " + moved.instant()
                + ":\n  curl -X POST '" + stack.simulator().adminPage() + "/clock?advance=1h'"));
    }
}
