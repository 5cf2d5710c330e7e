package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.SimulatedAccount;
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
import picocli.CommandLine.Option;

/** {@code simulator}: the Stripe stand-in alone. */
@Command(
        name = "simulator",
        description = "Runs the Stripe simulator alone, until Ctrl-C; it keeps its state in memory.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SimulatorCommand implements Callable<Integer> {
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

    @Override
    public Integer call() throws InterruptedException {
        Optional<Settings> settings = config.map(SettingsLoader::load);
        try (StripeSimulator simulator = StripeSimulator.start(host, port, InstantSource.system())) {
            settings.ifPresent(meters -> createMeters(meters, simulator.apiBase()));
            System.out.println("simulator: Stripe's API at " + simulator.apiBase() + "; any key sk_test_… will do");
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
