package io.tallymark.cli;

import io.tallymark.catalog.Catalog;
import io.tallymark.config.CloseSettings;
import io.tallymark.config.Settings;
import io.tallymark.preview.InvoicePreview;
import io.tallymark.preview.Preview;
import io.tallymark.preview.PreviewJson;
import io.tallymark.preview.PreviewText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code preview}: the invoice to be, beside Stripe's. */
@Command(
        name = "preview",
        description =
                "Reckons the next invoice of a customer's live subscription from the table and catalog.yaml, line by"
                        + " line, and compares it with Stripe's preview. Exit 0 when every price agrees, 1 when not, or when usage"
                        + " that no item bills would hold the invoice (close.unsold-usage: hold).",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class PreviewCommand implements Callable<Integer> {
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
            description = "whose, as the events' subject names it")
    private String customer = "";

    @Option(names = "--json", description = "one JSON object")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Settings settings = config.load();
        Catalog sold = catalog.load(settings);
        try (BillingParts parts = BillingParts.open(settings)) {
            Preview preview = new InvoicePreview(
                            parts.database(),
                            parts.stripe(),
                            parts.mirror(),
                            sold,
                            settings.ingest().meters(),
                            settings.close().unsold() == CloseSettings.Unsold.HOLD)
                    .of(customer);
            spec.commandLine().getOut().println(json ? PreviewJson.print(preview) : PreviewText.print(preview));
            return preview.agrees() ? 0 : 1;
        }
    }
}
