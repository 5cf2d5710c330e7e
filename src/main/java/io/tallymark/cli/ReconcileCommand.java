package io.tallymark.cli;

import io.tallymark.audit.ReconcileJson;
import io.tallymark.audit.ReconcileText;
import io.tallymark.billing.KnownCustomer;
import io.tallymark.config.Settings;
import io.tallymark.database.Database;
import io.tallymark.reconcile.Reconciled;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.reconcile.Reconciliation.Repairs;
import io.tallymark.reconcile.Scope;
import io.tallymark.stripe.StripeSenderFactory;
import io.tallymark.table.DatabaseCheck;
import io.tallymark.table.DatabaseUse;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code reconcile}: compares Stripe's own summaries with what it was told and with the table. */
@Command(
        name = "reconcile",
        description = "Asks Stripe what it holds and compares it with what it was told and with the table. Marks as"
                + " confirmed what agrees, and records what differs; sends nothing. With --repair the running job tells Stripe"
                + " the differences. Exit 0 when all is in order, 1 when not.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReconcileCommand implements Callable<Integer> {
    private static final int LARGEST_LIMIT = 100_000;
    private static final Duration LONGEST_STATEMENT = Duration.ofSeconds(30);
    private static final Set<DatabaseUse> USES =
            Collections.unmodifiableSet(EnumSet.of(DatabaseUse.REPORTING, DatabaseUse.RECONCILING));

    /** What a person knows about an ambiguous report. */
    enum Fate {
        ACCEPTED,
        LOST
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--from",
            paramLabel = "T",
            converter = InstantConverter.class,
            description = "first UTC hour, such as 2026-03-01T13:00:00Z, or a day (default: 35 days ago)")
    private @Nullable Instant from;

    @Option(
            names = "--to",
            paramLabel = "T",
            converter = InstantConverter.class,
            description = "the hour after the last, or a day (default: now)")
    private @Nullable Instant to;

    @Option(names = "--customer", paramLabel = "C", description = "only this customer, as the events' subject names it")
    private @Nullable String customer;

    @Option(names = "--metric", paramLabel = "M", description = "only this metric")
    private @Nullable String metric;

    @Option(
            names = "--repair",
            description =
                    "write down what Stripe really holds, so that the reporter tells it the difference; once is enough")
    private boolean repair;

    @Option(
            names = "--repair-foreign",
            description = "with --repair: also take back what others wrote, on meters and items that add up")
    private boolean repairForeign;

    @Option(names = "--resolve", paramLabel = "IDENTIFIER", description = "decide the fate of this ambiguous report")
    private @Nullable String resolve;

    @Option(
            names = "--as",
            paramLabel = "FATE",
            description = "with --resolve: accepted, Stripe has it; or lost, it has not")
    private @Nullable Fate fate;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "windows to list; the counts are always of all (default: ${DEFAULT-VALUE})")
    private int limit;

    @Option(names = "--json", description = "one JSON object")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Scope scope = scope();
        Settings settings = config.load();
        List<UserError> problems =
                DatabaseCheck.toRun(settings.database(), USES).problems();
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
        requireKnown(settings);
        try (ReportSender stripe = new StripeSenderFactory(settings.stripe()).open();
                Reconciliation reconciliation = Reconciliation.open(settings.reconcile(), stripe)) {
            String identifier = resolve;
            return identifier == null ? reconcile(reconciliation, scope) : resolve(reconciliation, identifier);
        }
    }

    private void requireKnown(Settings settings) throws SQLException {
        if (customer != null) {
            try (Database database = Database.open(settings.database(), "tallymark-reconcile", 1, LONGEST_STATEMENT)) {
                KnownCustomer.require(database, customer);
            }
        }
    }

    private int reconcile(Reconciliation reconciliation, Scope scope) throws SQLException {
        ProgressLine progress =
                new ProgressLine(spec.commandLine().getErr(), "reconcile", "compared", "customers and meters");
        Reconciled result = reconciliation.run(scope, new Repairs(repair, repairForeign), limit, progress::at);
        spec.commandLine().getOut().println(json ? ReconcileJson.print(result) : ReconcileText.print(result));
        return result.isInOrder() ? 0 : 1;
    }

    private int resolve(Reconciliation reconciliation, String identifier) throws SQLException {
        boolean accepted = fate == Fate.ACCEPTED;
        reconciliation.resolve(identifier, accepted);
        spec.commandLine()
                .getOut()
                .println("reconcile: " + identifier
                        + (accepted
                                ? " counts as accepted; the reporter tells what is still missing of its hour"
                                : " counts as lost; the reporter tells its hour anew"));
        return 0;
    }

    private Scope scope() {
        Bounds.check(spec, "--limit", limit, 0, LARGEST_LIMIT);
        requireThat((resolve == null) == (fate == null), "--resolve IDENTIFIER and --as accepted|lost belong together");
        requireThat(resolve == null || !repair, "--resolve and --repair are two commands: run one after the other");
        requireThat(repair || !repairForeign, "--repair-foreign is an addition to --repair");
        Instant first = from == null ? null : BillingHour.containing(from).start();
        requireThat(first == null || to == null || first.isBefore(to), "--from " + from + " is not before --to " + to);
        return new Scope(first, to, customer, metric);
    }

    private void requireThat(boolean condition, String mistake) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), mistake);
        }
    }
}
