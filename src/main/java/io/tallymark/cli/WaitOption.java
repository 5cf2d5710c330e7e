package io.tallymark.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a command waits for usage to be told, the same everywhere. */
final class WaitOption {
    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            defaultValue = "10m",
            converter = DurationConverter.class,
            description = "how long to wait until the usage is reported and confirmed (default: ${DEFAULT-VALUE})")
    private Duration patience = Duration.ofMinutes(10);

    Duration patience() {
        return patience;
    }
}
