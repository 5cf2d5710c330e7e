package io.tallymark.cli;

import io.tallymark.catalog.Account;
import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.Drift;
import io.tallymark.config.Settings;
import io.tallymark.stripe.StripeCatalog;
import io.tallymark.usage.PrintableText;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code catalog drift}: what somebody changed by hand. */
@Command(
        name = "drift",
        description =
                "Shows what somebody changed by hand since the catalog was applied. Exit 1 when there is something,"
                        + " else 0.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CatalogDriftCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private CatalogOption catalog = new CatalogOption();

    @Override
    public Integer call() {
        Settings settings = config.load();
        Catalog wanted = catalog.load(settings);
        PrintWriter out = spec.commandLine().getOut();
        try (StripeCatalog stripe = StripeCatalog.open(settings.stripe())) {
            Drift drift = Drift.of(wanted, settings.ingest().meters(), Account.read(stripe));
            drift.changes().forEach(change -> out.println("changed by hand: " + PrintableText.of(change)));
            drift.notes().forEach(note -> out.println("note: " + PrintableText.of(note)));
            out.println(
                    drift.isEmpty()
                            ? "drift: none"
                            : "drift: " + drift.changes().size()
                                    + " found; ./tallymark catalog apply brings the catalog's state back");
            return drift.isEmpty() ? 0 : 1;
        }
    }
}
