package io.tallymark.cli;

import io.tallymark.billing.SubscriptionCreation;
import io.tallymark.catalog.Catalog;
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

/** {@code subscription create}: subscribes a customer to a plan. */
@Command(
        name = "create",
        description =
                "Subscribes a mapped customer to a plan of catalog.yaml, from the start of the running hour on. The"
                        + " base fee until the first boundary is charged by the second. Running it again changes nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SubscriptionCreateCommand implements Callable<Integer> {
    private static final int DAYS = 31;
    private static final int LAST_HOUR = 23;

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
            names = "--anchor-day",
            paramLabel = "D",
            defaultValue = "1",
            description =
                    "day of the month on which periods begin, the last one where there is no such day; plans by day"
                            + " or week go by the hour only (default: ${DEFAULT-VALUE})")
    private int anchorDay;

    @Option(
            names = "--anchor-hour",
            paramLabel = "H",
            defaultValue = "0",
            description = "UTC hour with which periods begin (default: ${DEFAULT-VALUE})")
    private int anchorHour;

    @Option(names = "--currency", paramLabel = "CUR", description = "refuse a plan in another currency, such as eur")
    private @Nullable String currency;

    @Option(names = "--dry-run", description = "check everything and make nothing")
    private boolean dryRun;

    @Override
    public Integer call() throws Exception {
        Bounds.check(spec, "--anchor-day", anchorDay, 1, DAYS);
        Bounds.check(spec, "--anchor-hour", anchorHour, 0, LAST_HOUR);
        Settings settings = config.load();
        Catalog sold = catalog.load(settings);
        try (BillingParts parts = BillingParts.open(settings)) {
            SubscriptionCreation.Result result = new SubscriptionCreation(
                            parts.database(), parts.stripe(), parts.mirror(), sold)
                    .run(new SubscriptionCreation.Order(customer, plan, anchorDay, anchorHour, currency), dryRun);
            PrintWriter out = spec.commandLine().getOut();
            result.notes().forEach(note -> out.println(PrintableText.of(note)));
            out.println("subscription: " + text(result));
            return 0;
        }
    }

    private String text(SubscriptionCreation.Result result) {
        String items = ", billed from " + result.startsAt() + " on: " + String.join(", ", result.prices());
        if (!result.created()) {
            return customer + " has plan " + plan + " already (" + result.id() + "); nothing was changed";
        }
        return result.id().isEmpty()
                ? "would subscribe " + customer + " to plan " + plan + items
                : "subscribed " + customer + " to plan " + plan + " (" + result.id() + ")" + items;
    }
}
