package io.tallymark.cli;

import io.tallymark.audit.Replay;
import io.tallymark.audit.ReplayHours;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code replay}: reads the topic again and compares with the table. */
@Command(
        name = "replay",
        description =
                "Reads the topic again, as a bounded Flink job in this process, and compares totals and digests with"
                        + " the table. Changes nothing without --apply. Exit 0 when they agree, 1 when not.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReplayCommand implements Callable<Integer> {
    @Option(
            names = "--from",
            required = true,
            paramLabel = "T",
            description = "first UTC hour, such as 2026-03-01T13:00Z, or a day")
    private String from = "";

    @Option(names = "--to", required = true, paramLabel = "T", description = "the hour after the last, or a day")
    private String to = "";

    @Option(names = "--customer", paramLabel = "C", description = "only this customer")
    private @Nullable String customer;

    @Option(names = "--metric", paramLabel = "M", description = "only this metric")
    private @Nullable String metric;

    @Option(names = "--apply", description = "write the topic's totals into the table; the ledger says why")
    private boolean apply;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() throws Exception {
        Replay.Request request = new Replay.Request(ReplayHours.parse(from, to), customer, metric, apply);
        try (Teardown teardown = Teardown.atExit()) {
            WorkDirectory work = teardown.open(WorkDirectory::create);
            Replay replay = teardown.open(() -> new Replay(config.load(), request, work.root(), System.out));
            return replay.run() ? 0 : 1;
        }
    }
}
