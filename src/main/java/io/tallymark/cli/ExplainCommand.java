package io.tallymark.cli;

import io.tallymark.audit.EventLookup;
import io.tallymark.audit.ExplainJson;
import io.tallymark.audit.ExplainQuestion;
import io.tallymark.audit.ExplainText;
import io.tallymark.audit.Explanation;
import io.tallymark.config.Settings;
import io.tallymark.config.Suggestion;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UserError;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code explain}: everything that is behind an hour of a customer. */
@Command(
        name = "explain",
        description =
                "Shows a customer's hour: the row, its ledger postings, its reports to Stripe, and the events behind"
                        + " it, found by reading the topic again. Changes nothing. Exit 0, or 1 when the events do not add up to"
                        + " a closed row although the topic is complete.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ExplainCommand implements Callable<Integer> {
    private static final int LARGEST_LIMIT = 1_000_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--customer",
            paramLabel = "ID",
            required = true,
            description = "the customer, as the events' subject names it")
    private String customer = "";

    @Option(names = "--metric", paramLabel = "NAME", required = true, description = "a meter of the configuration")
    private String metric = "";

    @Option(
            names = "--hour",
            paramLabel = "HOUR",
            required = true,
            converter = HourConverter.class,
            description = "the UTC hour by its first moment: 2026-03-01T13:00Z or 2026-03-01T13")
    private BillingHour hour = new BillingHour(0);

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "events to list; with --json always all (default: ${DEFAULT-VALUE})")
    private int limit;

    @Option(names = "--json", description = "one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        Bounds.check(spec, "--limit", limit, 0, LARGEST_LIMIT);
        Settings settings = config.load();
        ExplainQuestion question = new ExplainQuestion(meter(settings.ingest().meters()), customer, hour);
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), "explain");
        try (EventLookup lookup = EventLookup.open(settings.ingest())) {
            Explanation explanation = Explanation.of(question, settings, lookup, progress::at);
            if (json) {
                spec.commandLine().getOut().println(ExplainJson.text(explanation));
            } else {
                new ExplainText(spec.commandLine().getOut(), limit).print(explanation);
            }
            return explanation.isInOrder() ? 0 : 1;
        }
    }

    private Meter meter(List<Meter> meters) {
        List<String> names = meters.stream().map(Meter::metric).toList();
        return meters.stream()
                .filter(meter -> meter.metric().equals(metric))
                .findFirst()
                .orElseThrow(() -> new UserError(
                        "no meter is named " + metric,
                        Suggestion.forWord(metric, names)
                                .map(name -> "did you mean " + name + "?")
                                .orElse("name one of " + String.join(", ", names))));
    }
}
