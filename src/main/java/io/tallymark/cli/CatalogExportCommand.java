package io.tallymark.cli;

import io.tallymark.catalog.Account;
import io.tallymark.catalog.CatalogExport;
import io.tallymark.config.Settings;
import io.tallymark.stripe.StripeCatalog;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code catalog export}: the way in for an account that already sells. */
@Command(
        name = "export",
        description =
                "Prints a catalog.yaml of what the account sells. Applying it changes lookup keys and metadata only.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CatalogExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "main",
            description = "the catalog; what belongs to another one is left out (default: ${DEFAULT-VALUE})")
    private String name = "main";

    @Override
    public Integer call() {
        Settings settings = config.load();
        try (StripeCatalog stripe = StripeCatalog.open(settings.stripe())) {
            spec.commandLine()
                    .getOut()
                    .print(CatalogExport.yaml(
                            name, Account.read(stripe), settings.ingest().meters()));
            spec.commandLine().getOut().flush();
            return 0;
        }
    }
}
