package io.tallymark.cli;

import io.tallymark.audit.status.Health;
import io.tallymark.audit.status.HealthCheck;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code health}: whether metering moves, in one line, for probes and cron. */
@Command(
        name = "health",
        description =
                "Says in one line whether metering moves: a checkpoint has begun lately, and records are read or none are unread."
                        + " Exit 0 when it does, 1 when it stands still, 2 when that cannot be asked.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class HealthCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--stale-after",
            paramLabel = "DURATION",
            defaultValue = "2m",
            converter = DurationConverter.class,
            description = "longest time without a checkpoint, or without progress on unread records (default: 2m)")
    private Duration staleAfter = Duration.ofMinutes(2);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        Health health = new HealthCheck(config.load(), staleAfter).run();
        spec.commandLine().getOut().println(health.line());
        return health.moves() ? 0 : 1;
    }
}
