package io.tallymark.cli;

import io.tallymark.close.Closing;
import io.tallymark.close.InvoiceEvents;
import io.tallymark.close.Recheck;
import io.tallymark.config.Settings;
import io.tallymark.database.DatabaseClock;
import io.tallymark.embedded.Teardown;
import io.tallymark.webhook.HandlersByType;
import io.tallymark.webhook.ServeSettings;
import io.tallymark.webhook.WebhookServer;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code serve}: Stripe's webhook, and the close of invoices that goes on by itself. */
@Command(
        name = "serve",
        description =
                "Takes Stripe's webhook deliveries, holds or closes each invoice as it is created, looks at drafts"
                        + " again now and then, and keeps the mirror up to date. Runs until Ctrl-C. TLS is for a proxy before it.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ServeCommand implements Callable<Integer> {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "address to listen on; 0.0.0.0 only inside a container (default: ${DEFAULT-VALUE})")
    private InetAddress host = InetAddress.getLoopbackAddress();

    @Option(names = "--port", defaultValue = "12112", description = "default: ${DEFAULT-VALUE}")
    private int port = ServeSettings.DEFAULT_PORT;

    @Option(
            names = "--every",
            paramLabel = "DURATION",
            defaultValue = "1m",
            converter = DurationConverter.class,
            description = "pause between two looks at drafts that are held (default: ${DEFAULT-VALUE})")
    private Duration every = Duration.ofMinutes(1);

    @Override
    public Integer call() throws Exception {
        Bounds.check(spec, "--port", port, 1, 65_535);
        Bounds.check(spec, "--every", every.toSeconds(), SHORTEST.toSeconds(), LONGEST.toSeconds());
        Settings settings = config.load();
        try (Teardown teardown = Teardown.atExit()) {
            ReportingParts reporting = teardown.open(() -> ReportingParts.open(settings));
            BillingParts billing = teardown.open(() -> BillingParts.open(settings));
            Closing closing = reporting.closing(billing, "serve");
            WebhookServer server = teardown.open(() -> WebhookServer.start(
                    ServeSettings.of(settings.stripe(), host, port),
                    billing.database(),
                    new HandlersByType(InvoiceEvents.handlers(closing, billing.mirror(), settings.close())),
                    new DatabaseClock(billing.database(), InstantSource.system())));
            teardown.open(() -> Recheck.start(closing, every));
            PrintWriter out = spec.commandLine().getOut();
            out.println("serve: webhook at " + server.url() + ", health at "
                    + server.url().resolve("/health"));
            out.println("serve: invoices are held by " + settings.close().hold().configName() + ", at most "
                    + settings.close().deadline().toHours() + " h without an alarm; late usage: "
                    + settings.close().late().configName());
            out.flush();
            new CountDownLatch(1).await();
            return 0;
        }
    }
}
