package io.tallymark.cli;

import io.tallymark.close.Synced;
import io.tallymark.config.Settings;
import io.tallymark.reconcile.Kind;
import io.tallymark.usage.PrintableText;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sync}: reports everything that is due now. */
@Command(
        name = "sync",
        description =
                "Tells Stripe everything that is due now and waits until Stripe's summaries show it. Works beside a"
                        + " reporting job and without one, such as from cron. Exit 0 when Stripe has and shows all of it, 1 when not.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SyncCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--customer", paramLabel = "C", description = "only this customer, as the events' subject names it")
    private @Nullable String customer;

    @Mixin
    private WaitOption waiting = new WaitOption();

    @Override
    public Integer call() throws Exception {
        Settings settings = config.load();
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), "sync", "told", "hours");
        try (BillingParts billing = BillingParts.open(settings);
                ReportingParts reporting = ReportingParts.open(settings)) {
            Synced result = reporting
                    .sync(billing)
                    .run(
                            Optional.ofNullable(customer),
                            ReportingParts.patience(waiting.patience()),
                            (told, left) -> progress.at(told, told + left));
            print(result, spec.commandLine().getOut());
            return result.isComplete() ? 0 : 1;
        }
    }

    private static void print(Synced result, PrintWriter out) {
        result.waiting()
                .forEach((reason, hours) -> out.println("  " + hours + " hours wait: " + PrintableText.of(reason)));
        result.reconciled().kinds().forEach((kind, windows) -> {
            if (kind != Kind.OK) {
                out.println("  " + windows + " windows are " + kind.word() + ": " + kind.remedy());
            }
        });
        out.println("sync: " + (result.isComplete() ? "OK" : "INCOMPLETE") + " told=" + result.told() + " left="
                + result.left() + " waiting="
                + result.waiting().values().stream().mapToLong(Long::longValue).sum() + " confirmed="
                + result.reconciled().confirmed() + " windows="
                + result.reconciled().windows());
    }
}
