package io.tallymark.cli;

import io.tallymark.billing.Cancellation;
import io.tallymark.billing.ChangeResult;
import io.tallymark.catalog.Catalog;
import io.tallymark.config.Settings;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code subscription cancel}: ends a subscription. */
@Command(
        name = "cancel",
        description =
                "Ends the subscription of a customer, with a last invoice of all usage that is billed. At the end of"
                        + " the running hour it waits for it; unused time of the base fee is paid back.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SubscriptionCancelCommand implements Callable<Integer> {
    /** When it ends. */
    enum Moment {
        HOUR_END,
        NOW,
        PERIOD_END;

        @Override
        public String toString() {
            return switch (this) {
                case HOUR_END -> "hour-end";
                case NOW -> "now";
                case PERIOD_END -> "period-end";
            };
        }
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--customer",
            paramLabel = "C",
            required = true,
            description = "whose, as the events' subject names it")
    private String customer = "";

    @Option(
            names = "--at",
            paramLabel = "WHEN",
            defaultValue = "hour-end",
            converter = MomentConverter.class,
            description = "hour-end, now or period-end (default: ${DEFAULT-VALUE})")
    private Moment at = Moment.HOUR_END;

    @Option(
            names = {"-y", "--yes"},
            description = "with --at now: the running hour is not billed, and that is meant")
    private boolean yes;

    static final class MomentConverter extends WordConverter<Moment> {
        MomentConverter() {
            super(Moment.values());
        }
    }

    @Mixin
    private WaitOption waiting = new WaitOption();

    @Override
    public Integer call() throws Exception {
        if (at == Moment.NOW && !yes) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--at now never bills the usage of the running hour: add --yes if that is meant, or leave --at away to"
                            + " end it with the hour");
        }
        Settings settings = config.load();
        try (BillingParts billing = BillingParts.open(settings);
                ReportingParts reporting = ReportingParts.open(settings)) {
            Catalog none = new Catalog("", List.of(), List.of(), List.of());
            Cancellation cancellation = new Cancellation(billing.toChange(
                    reporting, none, waiting.patience(), spec.commandLine().getErr()));
            ChangeResult result = switch (at) {
                case HOUR_END -> cancellation.atHourEnd(customer);
                case NOW -> cancellation.now(customer);
                case PERIOD_END -> cancellation.atPeriodEnd(customer);
            };
            spec.commandLine().getOut().println("subscription: " + text(result));
            return 0;
        }
    }

    private String text(ChangeResult result) {
        String id = result.subscriptionId() + " of " + customer;
        if (result.outcome() == ChangeResult.Outcome.UNCHANGED) {
            return id + " ends " + result.at() + " already; nothing was changed";
        }
        return switch (at) {
            case PERIOD_END -> id + " ends " + result.at() + ", and the usage until then is billed";
            case HOUR_END -> id + " has ended; the usage before " + result.at() + " is billed";
            case NOW -> id + " has ended " + result.at() + "; the usage of complete hours is billed";
        };
    }
}
