package io.tallymark.cli;

import io.tallymark.catalog.Account;
import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.CatalogPlan;
import io.tallymark.catalog.PlanText;
import io.tallymark.config.Settings;
import io.tallymark.stripe.StripeCatalog;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code catalog plan}: what would be done. */
@Command(
        name = "plan",
        description =
                "Shows what apply would do, and changes nothing. Exit 0; with --exit-code 1 when there is something to"
                        + " do.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CatalogPlanCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private CatalogOption catalog = new CatalogOption();

    @Option(names = "--exit-code", description = "exit 1 when the account is not as the catalog says")
    private boolean exitCode;

    @Override
    public Integer call() {
        Settings settings = config.load();
        Catalog wanted = catalog.load(settings);
        try (StripeCatalog stripe = StripeCatalog.open(settings.stripe())) {
            CatalogPlan plan = CatalogPlan.of(wanted, settings.ingest().meters(), Account.read(stripe));
            spec.commandLine().getOut().println(PlanText.print(plan));
            return exitCode && !plan.isEmpty() ? 1 : 0;
        }
    }
}
