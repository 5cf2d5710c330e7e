package io.tallymark.cli;

import io.tallymark.simulator.StripeSimulator;
import java.net.InetAddress;
import java.time.InstantSource;
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

    @Override
    public Integer call() throws InterruptedException {
        try (StripeSimulator simulator = StripeSimulator.start(host, port, InstantSource.system())) {
            System.out.println("simulator: Stripe's API at " + simulator.apiBase() + "; any key sk_test_… will do");
            new CountDownLatch(1).await();
            return 0;
        }
    }
}
