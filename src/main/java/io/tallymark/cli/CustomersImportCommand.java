package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.customers.MappingImport;
import io.tallymark.customers.MappingPlan;
import io.tallymark.usage.PrintableText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code customers import}: brings the mapping up to a file. */
@Command(
        name = "import",
        description = "Adds and changes mappings from a CSV file with the header"
                + " customer_id,stripe_customer_id[,billing_anchor[,billing_interval]]. Customers that are not in the file stay."
                + " Changes nothing without --apply; with it, all or nothing. Usage that waits for a mapping is told within"
                + " seconds.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CustomersImportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "FILE.csv", description = "the mappings")
    private Path file = Path.of("");

    @Option(names = "--apply", description = "change the table")
    private boolean apply;

    @Override
    public Integer call() throws Exception {
        Settings settings = config.load();
        CustomersCommand.requireDatabase(settings.database());
        MappingPlan plan = new MappingImport(settings.database()).run(file, apply);
        CustomersCommand.requireNoProblems(
                plan.problems(), file, spec.commandLine().getErr());
        print(plan, spec.commandLine().getOut());
        return 0;
    }

    private void print(MappingPlan plan, PrintWriter out) {
        plan.added().forEach(mapping -> out.println("  added    " + PrintableText.of(mapping.toString())));
        for (MappingPlan.Change change : plan.changed()) {
            out.println("  changed  " + PrintableText.of(change.after().toString()));
            out.println("    before " + PrintableText.of(change.before().toString()));
            if (change.toldHours() > 0) {
                out.println("    " + change.toldHours()
                        + " hours were told under the former mapping and stay with it, corrections included until their"
                        + " invoice is closed");
            }
            if (!change.live().isEmpty()) {
                out.println("    " + change.before().stripeCustomerId() + " is still charged by "
                        + String.join(", ", change.live())
                        + ": end it in Stripe's dashboard, or it bills nothing but its fee from now on");
            }
        }
        out.println("customers: " + (apply ? "imported" : "would import") + " added="
                + plan.added().size() + " changed=" + plan.changed().size() + " unchanged=" + plan.unchanged()
                + (apply ? "" : "; --apply does it"));
    }
}
