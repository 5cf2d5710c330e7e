package io.tallymark.cli;

import io.tallymark.audit.status.TextTable;
import io.tallymark.billing.SubscriptionJson;
import io.tallymark.billing.SubscriptionList;
import io.tallymark.config.Settings;
import io.tallymark.usage.PrintableText;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code subscription list}: who has which plan. */
@Command(
        name = "list",
        description =
                "Reads the subscriptions from Stripe into the mirror and lists those of mapped customers that are live"
                        + " or ended within 40 days. Exit 0.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SubscriptionListCommand implements Callable<Integer> {
    private static final int TEXT_COLUMNS = 7;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--customer", paramLabel = "C", description = "only this customer, as the events' subject names it")
    private @Nullable String customer;

    @Option(names = "--json", description = "one JSON object a line")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Settings settings = config.load();
        PrintWriter out = spec.commandLine().getOut();
        try (BillingParts parts = BillingParts.open(settings)) {
            String only = customer;
            if (only == null) {
                ProgressLine progress =
                        new ProgressLine(spec.commandLine().getErr(), "subscription", "read", "subscriptions");
                parts.mirror().syncSubscriptions(note -> {}, progress::at);
            } else {
                parts.mirror().syncCustomer(only, note -> {});
            }
            List<SubscriptionList.Row> rows = new SubscriptionList(parts.database()).read(only);
            if (json) {
                rows.forEach(row -> out.println(SubscriptionJson.print(row)));
            } else {
                print(rows, out);
            }
            return 0;
        }
    }

    private static void print(List<SubscriptionList.Row> rows, PrintWriter out) {
        out.println("subscriptions: " + rows.size());
        if (rows.isEmpty()) {
            return;
        }
        TextTable table = new TextTable(
                TEXT_COLUMNS, "customer", "subscription", "plan", "status", "period-from", "next-boundary", "items");
        for (SubscriptionList.Row row : rows) {
            table.row(List.of(
                    PrintableText.of(row.customerId()),
                    row.subscriptionId(),
                    row.plan().isEmpty() ? "-" : PrintableText.of(row.plan()),
                    row.status(),
                    text(row.periodStart()),
                    text(row.nextBoundary()),
                    PrintableText.of(String.join(",", row.prices()))));
        }
        table.lines().forEach(line -> out.println("  " + line));
        rows.stream()
                .filter(row -> !row.flags().isEmpty())
                .forEach(row -> out.println(
                        "flag     " + row.subscriptionId() + ": " + PrintableText.of(String.join(", ", row.flags()))));
    }

    private static String text(@Nullable Instant instant) {
        return instant == null ? "-" : instant.toString();
    }
}
