package io.tallymark.cli;

import io.tallymark.billing.KnownCustomer;
import io.tallymark.close.MonthSheet;
import io.tallymark.close.SheetRow;
import io.tallymark.close.SheetText;
import io.tallymark.config.Settings;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code close sheet}: the month-end sheet. */
@Command(
        name = "sheet",
        description =
                "Shows, for each invoice and metric, what the table, the ledger, Stripe's summaries and the invoice"
                        + " say, its state (open, closing, closed), and who closed it when. Invoices are as ./tallymark"
                        + " stripe-sync or close last read them. Exit 0, or 1 when a figure of a closed invoice differs.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CloseSheetCommand implements Callable<Integer> {
    /** How it is printed. */
    enum Format {
        TEXT,
        CSV,
        JSON
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private PeriodOption period = new PeriodOption();

    @Option(
            names = "--customer",
            paramLabel = "C",
            description = "only this customer's, as the events' subject names it")
    private @Nullable String customer;

    @Option(names = "--format", defaultValue = "text", description = "text, csv or json (default: ${DEFAULT-VALUE})")
    private Format format = Format.TEXT;

    @Override
    public Integer call() throws Exception {
        Settings settings = config.load();
        try (BillingParts billing = BillingParts.open(settings);
                ReportingParts reporting = ReportingParts.open(settings)) {
            if (customer != null) {
                KnownCustomer.require(billing.database(), customer);
            }
            MonthSheet sheet = new MonthSheet(
                    billing.database(), reporting.stripe(), settings.ingest().meters());
            List<SheetRow> rows = sheet.rows(customer, period.from(), period.to());
            spec.commandLine()
                    .getOut()
                    .println(
                            switch (format) {
                                case TEXT -> SheetText.print(rows);
                                case CSV -> SheetText.csv(rows);
                                case JSON -> SheetText.json(rows);
                            });
            boolean wrong = rows.stream().anyMatch(row -> row.state().equals("closed") && !row.agrees());
            return wrong ? 1 : 0;
        }
    }
}
