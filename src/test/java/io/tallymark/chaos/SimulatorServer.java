package io.tallymark.chaos;

import io.tallymark.config.Settings;
import io.tallymark.embedded.ListenPort;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** The Stripe simulator by the command of a user. Its state is in memory, so it is frozen and cut off, and never killed. */
public final class SimulatorServer implements AutoCloseable {
    private static final Duration STARTUP = Duration.ofSeconds(60);

    private final ChaosProcess process;
    private final LoopbackProxy proxy;
    private final int port;

    private SimulatorServer(ChaosProcess process, LoopbackProxy proxy, int port) {
        this.process = process;
        this.proxy = proxy;
        this.port = port;
    }

    public static SimulatorServer start(Path directory) throws IOException {
        int port = ListenPort.free().resolve();
        ChaosProcess process = new ChaosProcess(directory, Map.of());
        process.start(ChaosProcess.java(List.of(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dtallymark.log=" + directory.resolveSibling("simulator-own.log"),
                "-cp",
                System.getProperty("java.class.path"),
                "io.tallymark.cli.Tallymark",
                "simulator",
                "--port",
                Integer.toString(port))));
        SimulatorServer server = new SimulatorServer(process, LoopbackProxy.to(port), port);
        server.awaitUp();
        return server;
    }

    public ChaosProcess process() {
        return process;
    }

    LoopbackProxy proxy() {
        return proxy;
    }

    /** For Flink. */
    URI proxiedBase() {
        return base(proxy.port());
    }

    /** For this process; the caller closes it. */
    public StripeReadings open() {
        return StripeReadings.open(
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(base(port)));
    }

    /** For this process; see {@link Settings#on}. */
    public URI directBase() {
        return base(port);
    }

    @Override
    public void close() throws IOException {
        process.close();
        proxy.close();
    }

    private void awaitUp() {
        Awaitility.await("simulator up")
                .atMost(STARTUP)
                .ignoreExceptionsInstanceOf(UserError.class)
                .until(() -> {
                    try (StripeReadings stripe = open()) {
                        stripe.ping();
                        return true;
                    }
                });
    }

    private static URI base(int port) {
        return URI.create("http://" + ListenPort.LOOPBACK + ":" + port);
    }
}
