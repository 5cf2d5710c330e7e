package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.SimulatedAccount;
import io.tallymark.simulator.MovingClock;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.SecretRef;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code simulator}: the Stripe stand-in alone. */
@Command(
        name = "simulator",
        description = "Runs the Stripe simulator alone, until Ctrl-C; it keeps its state in memory.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SimulatorCommand implements Callable<Integer> {
    private static final int LARGEST_RATE = 100_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "address to listen on; 0.0.0.0 only inside a container (default: ${DEFAULT-VALUE})")
    private InetAddress host = InetAddress.getLoopbackAddress();

    @Option(names = "--port", defaultValue = "12111", description = "default: ${DEFAULT-VALUE}")
    private int port = StripeSimulator.DEFAULT_PORT;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "create the meters that this tallymark.yaml reports to")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--movable-clock",
            description = "let POST /_simulator/clock?advance=30h move the simulator's clock")
    private boolean movableClock;

    @Option(
            names = "--rate-limit",
            paramLabel = "N",
            defaultValue = "0",
            description = "writes a second before it answers 429; 0: no limit (default: ${DEFAULT-VALUE})")
    private int callsPerSecond;

    @Override
    public Integer call() throws InterruptedException {
        Bounds.check(spec, "--port", port, 1, 65_535);
        Bounds.check(spec, "--rate-limit", callsPerSecond, 0, LARGEST_RATE);
        Optional<Settings> settings = config.map(SettingsLoader::load);
        InstantSource clock = movableClock ? new MovingClock(InstantSource.system()) : InstantSource.system();
        try (StripeSimulator simulator = StripeSimulator.start(host, port, clock)) {
            settings.ifPresent(meters -> createMeters(meters, simulator.apiBase()));
            // Only now: creating meters is the simulator's own business.
            simulator.rateLimit(callsPerSecond);
            System.out.println("simulator: Stripe's API at " + simulator.apiBase() + "; any key sk_test_… will do");
            System.out.println("simulator: what it holds is shown at " + simulator.adminPage());
            new CountDownLatch(1).await();
            return 0;
        }
    }

    private static void createMeters(Settings settings, URI simulator) {
        StripeSettings here =
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(simulator);
        try (StripeReadings stripe = StripeReadings.open(here)) {
            SimulatedAccount.createMeters(settings, stripe);
        }
    }
}
