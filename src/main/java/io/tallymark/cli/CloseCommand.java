package io.tallymark.cli;

import io.tallymark.billing.KnownCustomer;
import io.tallymark.close.CloseText;
import io.tallymark.close.Closed;
import io.tallymark.close.Closing;
import io.tallymark.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code close}: lets invoices go, or says why not. */
@Command(
        name = "close",
        description =
                "Looks at each draft invoice: when every hour of its period is closed, told, accepted and confirmed,"
                        + " and its lines equal the table, its hours are sealed and it is finalized; otherwise it is held, with"
                        + " the reasons. Exit 0 when nothing is held, 1 when something is, 3 when a deadline has passed.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = CloseSheetCommand.class)
final class CloseCommand implements Callable<Integer> {
    private static final int HELD = 1;
    private static final int OVERDUE = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private PeriodOption period = new PeriodOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "INVOICE",
            description = "only these, such as in_1Q…; goes with neither --customer nor --period")
    private List<String> invoices = new ArrayList<>();

    @Option(
            names = "--customer",
            paramLabel = "C",
            description = "only this customer's, as the events' subject names it")
    private @Nullable String customer;

    @Option(names = "--all-due", description = "all drafts of the account, or those of --customer and --period")
    private boolean allDue;

    @Option(
            names = "--accept",
            description = "with INVOICE: let it go although something is missing; the sheet keeps who did and what")
    private boolean accept;

    @Option(names = "--json", description = "one JSON object")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        boolean narrowed = customer != null || period.isGiven() || !invoices.isEmpty();
        if (!narrowed && !allDue) {
            throw new ParameterException(
                    spec.commandLine(), "say which: --all-due, or --customer, --period or INVOICE");
        }
        if (!invoices.isEmpty() && allDue) {
            throw new ParameterException(spec.commandLine(), "INVOICE says which: leave --all-due away with it");
        }
        if (!invoices.isEmpty() && (customer != null || period.isGiven())) {
            throw new ParameterException(
                    spec.commandLine(), "INVOICE says which: leave --customer and --period away with it");
        }
        if (accept && invoices.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--accept needs the INVOICE that is meant");
        }
        Settings settings = config.load();
        try (BillingParts billing = BillingParts.open(settings);
                ReportingParts reporting = ReportingParts.open(settings)) {
            if (customer != null) {
                KnownCustomer.require(billing.database(), customer);
            }
            List<Closed> results = close(reporting.closing(billing, System.getProperty("user.name", "?")));
            spec.commandLine().getOut().println(json ? CloseText.json(results) : CloseText.print(results));
            return exitCode(results);
        }
    }

    private List<Closed> close(Closing closing) throws Exception {
        if (invoices.isEmpty()) {
            ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), "close", "looked at", "invoices");
            return closing.closeAll(customer, period.from(), period.to(), progress::at);
        }
        List<Closed> results = new ArrayList<>();
        for (String invoice : invoices) {
            results.add(accept ? closing.accept(invoice) : closing.close(invoice));
        }
        return results;
    }

    private static int exitCode(List<Closed> results) {
        if (results.stream().anyMatch(result -> result.decision() == Closed.Decision.OVERDUE)) {
            return OVERDUE;
        }
        return results.stream().allMatch(result -> result.decision().isGo()) ? 0 : HELD;
    }
}
