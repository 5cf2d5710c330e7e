package io.tallymark.cli;

import io.tallymark.billing.KnownCustomer;
import io.tallymark.close.Sync;
import io.tallymark.close.Synced;
import io.tallymark.config.Settings;
import io.tallymark.reconcile.Finding;
import io.tallymark.report.Waiting;
import io.tallymark.usage.PrintableText;
import java.io.PrintWriter;
import java.util.List;
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
                        + " reporting job and without one, such as from cron. What waits for a person is named on standard"
                        + " error and not waited for: ./tallymark close holds the invoices that lack it. Exit 0 when Stripe"
                        + " has and shows all that it can be told, 1 when waiting longer may help, or the ledger is wrong.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SyncCommand implements Callable<Integer> {
    private static final int MOST_NAMED = 20;

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
        PrintWriter err = spec.commandLine().getErr();
        try (BillingParts billing = BillingParts.open(settings);
                ReportingParts reporting = ReportingParts.open(settings)) {
            if (customer != null) {
                KnownCustomer.require(billing.database(), customer);
            }
            Synced result = reporting
                    .sync(billing)
                    .run(Optional.ofNullable(customer), ReportingParts.patience(waiting.patience()), new Spoken(err));
            name(result.toLookAt(), "differs  ", err);
            name(result.pending(), "pending  ", err);
            spec.commandLine().getOut().println(verdict(result));
            return result.isSettled() ? 0 : 1;
        }
    }

    private static String verdict(Synced result) {
        // DONE: more waiting does nothing, but a person should.
        String word = result.isComplete() ? "OK" : result.isSettled() ? "DONE" : "INCOMPLETE";
        return "sync: " + word + " told=" + result.told() + " left=" + result.left() + " waiting="
                + result.waitingHours() + (result.differing() == 0 ? "" : " different=" + result.differing())
                + " confirmed=" + result.reconciled().confirmed() + " windows="
                + result.reconciled().windows();
    }

    private static void name(List<Finding> findings, String word, PrintWriter err) {
        findings.stream().limit(MOST_NAMED).forEach(finding -> err.println(word + text(finding)));
        more(findings.size(), word, "; ./tallymark reconcile lists them", err);
    }

    private static String text(Finding finding) {
        return PrintableText.of(finding.customerId() + " " + finding.metric() + " from " + finding.start() + ": "
                + finding.kind().word() + (finding.detail().isEmpty() ? "" : ", " + finding.detail())
                + " -- to mend it: " + finding.kind().remedy());
    }

    private static void more(int count, String word, String where, PrintWriter err) {
        if (count > MOST_NAMED) {
            err.println(word + "and " + (count - MOST_NAMED) + " more" + where);
        }
    }

    /** Says what waits for a person at once, and now and then how far it is. */
    private static final class Spoken implements Sync.Progress {
        private final PrintWriter err;
        private final ProgressLine telling;
        private final ProgressLine waiting;

        Spoken(PrintWriter err) {
            this.err = err;
            this.telling = new ProgressLine(err, "sync", "told", "hours");
            this.waiting = new ProgressLine(err, "sync", "waiting until Stripe's summaries show", "more windows");
        }

        @Override
        public void at(long told, long left) {
            telling.at(told, told + left);
        }

        @Override
        public void behind(long windows) {
            waiting.at(windows);
        }

        @Override
        public void waiting(List<Waiting> found) {
            found.stream().limit(MOST_NAMED).forEach(row -> err.println("waiting  " + text(row)));
            more(found.size(), "waiting  ", " customers and metrics", err);
        }

        private static String text(Waiting row) {
            return PrintableText.of(row.customerId() + " " + row.metric() + ": " + row.hours()
                    + (row.hours() == 1 ? " hour" : " hours") + " from " + row.oldest() + ", " + row.reason()
                    + " -- to mend it: " + row.remedy());
        }
    }
}
