package io.tallymark.cli;

import io.tallymark.audit.status.TextTable;
import io.tallymark.config.Settings;
import io.tallymark.customers.CustomerList;
import io.tallymark.customers.Mapping;
import io.tallymark.usage.PrintableText;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code customers list}: the mappings, and whose usage waits for one. */
@Command(
        name = "list",
        description = "Lists the mappings, and the customers whose usage waits for one with how much of it. Exit 0.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CustomersListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--unmapped", description = "only those whose usage waits")
    private boolean unmapped;

    @Override
    public Integer call() throws Exception {
        Settings settings = config.load();
        CustomersCommand.requireDatabase(settings.database());
        CustomerList customers = new CustomerList(settings.database());
        PrintWriter out = spec.commandLine().getOut();
        if (!unmapped) {
            mapped(customers.mapped(), out);
        }
        waiting(customers, out);
        return 0;
    }

    private static void mapped(List<Mapping> mappings, PrintWriter out) {
        out.println("customers: " + mappings.size() + " mapped");
        if (mappings.isEmpty()) {
            return;
        }
        TextTable table = new TextTable(4, "customer", "stripe-customer", "periods-from", "by");
        for (Mapping mapping : mappings) {
            Instant anchor = mapping.anchor();
            table.row(List.of(
                    PrintableText.of(mapping.customerId()),
                    PrintableText.of(mapping.stripeCustomerId()),
                    anchor == null ? "calendar" : anchor.toString(),
                    mapping.interval()));
        }
        table.lines().forEach(line -> out.println("  " + line));
    }

    private static void waiting(CustomerList customers, PrintWriter out) throws SQLException {
        List<CustomerList.Waiting> waiting = customers.waiting();
        long distinct = waiting.stream()
                .map(CustomerList.Waiting::customerId)
                .distinct()
                .count();
        out.println("customers: " + distinct + " wait for a mapping");
        if (waiting.isEmpty()) {
            return;
        }
        TextTable table = new TextTable(3, "customer", "metric", "oldest", "hours", "quantity");
        for (CustomerList.Waiting usage : waiting) {
            table.row(List.of(
                    PrintableText.of(usage.customerId()),
                    usage.metric(),
                    usage.oldest().toInstant().toString(),
                    Long.toString(usage.hours()),
                    usage.quantity().stripTrailingZeros().toPlainString()));
        }
        table.lines().forEach(line -> out.println("  " + line));
        out.println(
                "to mend it: ./tallymark customers import FILE.csv --apply, or import-items for legacy subscription items");
    }
}
