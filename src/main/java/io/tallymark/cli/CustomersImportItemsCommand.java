package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.customers.ItemImport;
import io.tallymark.customers.ItemPlan;
import io.tallymark.usage.Meter;
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

/** {@code customers import-items}: the legacy subscription items of the usage-record modes. */
@Command(
        name = "import-items",
        description = "Adds and changes legacy subscription items from a CSV file with the header"
                + " customer_id,metric,subscription_item_id,valid_from,valid_to. Refuses items that overlap, and metrics that tallymark.yaml does not have. Changes nothing"
                + " without --apply; with it, all or nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CustomersImportItemsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "FILE.csv", description = "the items")
    private Path file = Path.of("");

    @Option(names = "--apply", description = "change the table")
    private boolean apply;

    @Override
    public Integer call() throws Exception {
        Settings settings = config.load();
        CustomersCommand.requireDatabase(settings.database());
        ItemPlan plan = new ItemImport(
                        settings.database(),
                        settings.ingest().meters().stream().map(Meter::metric).toList())
                .run(file, apply);
        CustomersCommand.requireNoProblems(
                plan.problems(), file, spec.commandLine().getErr());
        PrintWriter out = spec.commandLine().getOut();
        plan.written().forEach(item -> out.println("  written  " + PrintableText.of(item.toString())));
        out.println("customers: " + (apply ? "imported" : "would import") + " items="
                + plan.written().size() + " unchanged=" + plan.unchanged() + (apply ? "" : "; --apply does it"));
        return 0;
    }
}
