package io.tallymark.cli;

import io.tallymark.ReportingCheck;
import io.tallymark.billing.UsageGate;
import io.tallymark.close.Closing;
import io.tallymark.close.Patience;
import io.tallymark.close.SettledUsage;
import io.tallymark.close.Sync;
import io.tallymark.config.Settings;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.report.DirectReporter;
import io.tallymark.stripe.StripeSenderFactory;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.List;

/** What the commands that report and compare work with. */
record ReportingParts(Settings settings, DirectReporter reporter, ReportSender stripe, Reconciliation reconciliation)
        implements AutoCloseable {
    /** Between two looks at what others do. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** @throws io.tallymark.usage.UserError when the database is not there or not migrated, or the key cannot work */
    static ReportingParts open(Settings settings) {
        CustomersCommand.requireDatabase(settings.database());
        requireSameReporting(settings);
        StripeSenderFactory senders = new StripeSenderFactory(settings.stripe());
        ReportSender sender = senders.open();
        return new ReportingParts(
                settings,
                DirectReporter.open(settings.report(), senders),
                sender,
                Reconciliation.open(settings.reconcile(), sender));
    }

    /** These commands tell hours as a job does, so they refuse what the job's start refuses; whichever pipelines the job has. */
    private static void requireSameReporting(Settings settings) {
        List<UserError> problems = ReportingCheck.change(settings).problems();
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
    }

    Sync sync(BillingParts billing) {
        return new Sync(billing.database(), reporter, reconciliation);
    }

    UsageGate gate(BillingParts billing, Duration patience) {
        return new SettledUsage(
                billing.database(), reporter, reconciliation, settings.ingest().topic(), () -> patience(patience));
    }

    Closing closing(BillingParts billing, String who) {
        return Closing.of(billing.database(), billing.stripe(), billing.mirror(), reconciliation, settings, who);
    }

    static Patience patience(Duration most) {
        return Patience.of(most, LOOK);
    }

    @Override
    public void close() {
        reporter.close();
        reconciliation.close();
        stripe.close();
    }
}
