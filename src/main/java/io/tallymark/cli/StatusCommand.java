package io.tallymark.cli;

import io.tallymark.audit.status.Status;
import io.tallymark.audit.status.StatusCheck;
import io.tallymark.audit.status.StatusJson;
import io.tallymark.audit.status.StatusText;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code status}: the balance sheet and a verdict on it. */
@Command(
        name = "status",
        description =
                "Prints what became of every record, checks that it adds up to the offsets consumed, and that metering moves."
                        + " Changes nothing. Exit 0 when both is so, 1 when not.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class StatusCommand implements Callable<Integer> {
    private static final int MOST_HOURS = 10_000;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--stale-after",
            paramLabel = "DURATION",
            defaultValue = "2m",
            converter = DurationConverter.class,
            description = "longest time without a checkpoint, or without progress on unread records (default: 2m)")
    private Duration staleAfter = Duration.ofMinutes(2);

    @Option(
            names = "--hours",
            paramLabel = "N",
            arity = "0..1",
            defaultValue = "0",
            fallbackValue = "24",
            description = "also print the newest N append hours one by one (without N: 24)")
    private int hours;

    @Option(names = "--json", description = "print one JSON object instead")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        Bounds.check(spec, "--hours", hours, 0, MOST_HOURS);
        Status status = new StatusCheck(config.load(), staleAfter, hours).run();
        spec.commandLine().getOut().println(json ? StatusJson.print(status) : StatusText.print(status));
        return status.problems().isEmpty() ? 0 : 1;
    }
}
