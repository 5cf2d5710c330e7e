package io.tallymark.cli;

import io.tallymark.billing.Mirror;
import io.tallymark.billing.MirrorSummary;
import io.tallymark.config.Settings;
import io.tallymark.usage.PrintableText;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stripe-sync}: brings the mirror of subscriptions and invoices up to Stripe. */
@Command(
        name = "stripe-sync",
        description =
                "Reads subscriptions and invoices from Stripe into the tables billing_*, and keeps billing periods and"
                        + " legacy items of mapped customers as Stripe has them. Changes nothing at Stripe; running it again is"
                        + " harmless. Exit 0, or 1 when a mapped customer could not be read.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class StripeSyncCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--customer", paramLabel = "C", description = "only this customer, as the events' subject names it")
    private @Nullable String customer;

    @Override
    public Integer call() throws Exception {
        Settings settings = config.load();
        PrintWriter out = spec.commandLine().getOut();
        try (BillingParts parts = BillingParts.open(settings)) {
            MirrorSummary summary = sync(parts.mirror(), out);
            out.println("stripe-sync: " + summary.subscriptions() + " subscriptions and " + summary.invoices()
                    + " invoices" + (summary.wholeAccount() ? " of the whole account" : "") + ", changed="
                    + summary.changes() + " flags=" + summary.flags() + " failed=" + summary.failed());
            return summary.failed() == 0 ? 0 : 1;
        }
    }

    private MirrorSummary sync(Mirror mirror, PrintWriter out) throws Exception {
        String only = customer;
        if (only != null) {
            return mirror.syncCustomer(only, note -> out.println(PrintableText.of(note)));
        }
        ProgressLine progress =
                new ProgressLine(spec.commandLine().getErr(), "stripe-sync", "read", "subscriptions and invoices");
        return mirror.sync(note -> out.println(PrintableText.of(note)), progress::at);
    }
}
