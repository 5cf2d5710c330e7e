package io.tallymark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code catalog}: what the account sells, as code. */
@Command(
        name = "catalog",
        description =
                "Brings what the Stripe account sells, its meters, products and prices, to what catalog.yaml says.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            CatalogPlanCommand.class,
            CatalogApplyCommand.class,
            CatalogDriftCommand.class,
            CatalogExportCommand.class
        })
final class CatalogCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name one of plan, apply, drift, export");
    }
}
