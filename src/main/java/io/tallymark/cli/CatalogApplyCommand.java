package io.tallymark.cli;

import io.tallymark.catalog.Account;
import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.CatalogPlan;
import io.tallymark.catalog.PlanText;
import io.tallymark.config.Settings;
import io.tallymark.stripe.StripeCatalog;
import io.tallymark.usage.UserError;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code catalog apply}: carries the plan out. */
@Command(
        name = "apply",
        description =
                "Shows the plan, asks, and carries it out. Nothing is deleted. Whatever ends it in between, running it"
                        + " again leads on from there; once done, it changes nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CatalogApplyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private CatalogOption catalog = new CatalogOption();

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    private boolean yes;

    @Option(
            names = "--replace-meters",
            description = "also replace meters, which stops the billing of usage for subscriptions that have them")
    private boolean replaceMeters;

    @Override
    public Integer call() {
        Settings settings = config.load();
        Catalog wanted = catalog.load(settings);
        PrintWriter out = spec.commandLine().getOut();
        try (StripeCatalog stripe = StripeCatalog.open(settings.stripe())) {
            CatalogPlan plan = CatalogPlan.of(wanted, settings.ingest().meters(), Account.read(stripe));
            out.println(PlanText.print(plan));
            if (plan.isEmpty()) {
                return 0;
            }
            if (!replaceMeters && !plan.replacedMeters().isEmpty()) {
                throw new UserError(
                        "the plan replaces " + String.join(", ", plan.replacedMeters())
                                + ", and running subscriptions would bill no more usage of it",
                        "set stripe.mode of the meter to what its Stripe meter counts, or read the warnings above and add"
                                + " --replace-meters");
            }
            if (!yes && !isAgreed(out)) {
                out.println("catalog: nothing was changed");
                return 1;
            }
            apply(plan, stripe, out);
            out.println("catalog: applied, " + PlanText.count(plan));
            return 0;
        }
    }

    private static void apply(CatalogPlan plan, StripeCatalog stripe, PrintWriter out) {
        try {
            plan.apply(stripe, change -> {
                out.println("done " + change.action().sign() + " " + change.object());
                out.flush();
            });
        } catch (UserError e) {
            throw new UserError(
                    "the catalog is applied in part: " + e.getMessage(),
                    e.remedy() + "; then run apply again, which leads on from what is there",
                    e);
        }
    }

    // From Java 22 on there is always a console; readLine is null then when nobody is there, which is no yes.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isAgreed(PrintWriter out) {
        if (System.console() == null) {
            throw new UserError("nobody can be asked: this is no terminal", "add --yes to apply without asking");
        }
        out.print("apply this to the account? Write yes: ");
        out.flush();
        return "yes".equals(System.console().readLine());
    }
}
