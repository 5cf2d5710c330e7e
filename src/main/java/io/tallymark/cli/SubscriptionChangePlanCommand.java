package io.tallymark.cli;

import io.tallymark.billing.ChangeResult;
import io.tallymark.billing.PlanChange;
import io.tallymark.billing.PlanSchedule;
import io.tallymark.billing.SubscriptionParts;
import io.tallymark.catalog.Catalog;
import io.tallymark.config.Settings;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code subscription change-plan}: another plan, now or with the next period. */
@Command(
        name = "change-plan",
        description =
                "Gives a customer another plan of catalog.yaml. At the end of the period Stripe does it by a schedule."
                        + " Now, complete hours are settled first and billed at the old prices; the base fee is settled by the"
                        + " second. At the end of the hour it waits for that, and may drop metrics.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SubscriptionChangePlanCommand implements Callable<Integer> {
    /** When it takes effect. */
    enum Moment {
        NOW,
        HOUR_END,
        PERIOD_END;

        @Override
        public String toString() {
            return switch (this) {
                case NOW -> "now";
                case HOUR_END -> "hour-end";
                case PERIOD_END -> "period-end";
            };
        }
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private CatalogOption catalog = new CatalogOption();

    @Option(
            names = "--customer",
            paramLabel = "C",
            required = true,
            description = "whom, as the events' subject names it")
    private String customer = "";

    @Option(names = "--plan", paramLabel = "P", required = true, description = "to which plan of catalog.yaml")
    private String plan = "";

    @Option(
            names = "--at",
            paramLabel = "WHEN",
            defaultValue = "period-end",
            converter = MomentConverter.class,
            description = "now, hour-end or period-end (default: ${DEFAULT-VALUE})")
    private Moment at = Moment.PERIOD_END;

    @Option(names = "--dry-run", description = "check everything and change nothing")
    private boolean dryRun;

    static final class MomentConverter extends WordConverter<Moment> {
        MomentConverter() {
            super(Moment.values());
        }
    }

    @Mixin
    private WaitOption waiting = new WaitOption();

    @Override
    public Integer call() throws Exception {
        Settings settings = config.load();
        Catalog sold = catalog.load(settings);
        PrintWriter out = spec.commandLine().getOut();
        try (BillingParts billing = BillingParts.open(settings);
                ReportingParts reporting = ReportingParts.open(settings)) {
            SubscriptionParts parts = billing.toChange(
                    reporting, sold, waiting.patience(), spec.commandLine().getErr());
            PlanChange change = new PlanChange(parts, settings.ingest().meters());
            ChangeResult result = switch (at) {
                case NOW -> change.run(customer, plan, dryRun);
                case HOUR_END -> change.atHourEnd(customer, plan, dryRun);
                case PERIOD_END -> new PlanSchedule(parts).run(customer, plan, dryRun);
            };
            result.steps().forEach(step -> out.println("  " + step));
            out.println("subscription: " + text(result));
            return 0;
        }
    }

    private String text(ChangeResult result) {
        Instant when = result.at();
        String id = " (" + result.subscriptionId() + ")";
        return switch (result.outcome()) {
            case UNCHANGED ->
                customer + (when == null ? " has plan " + plan : " gets plan " + plan + " at " + when) + " already" + id
                        + "; nothing was changed";
            case PLANNED -> customer + " would get plan " + plan + (when == null ? "" : " at " + when) + id;
            case DONE ->
                customer + (at == Moment.PERIOD_END ? " gets" : " has") + " plan " + plan + " from " + when + " on"
                        + id;
        };
    }
}
