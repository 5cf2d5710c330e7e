package io.tallymark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Most memory that this process has had resident, RocksDB's part of it included. */
final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";
    private static final long KIBIBYTES = 1024;

    private PeakMemory() {}

    /** In MiB; {@link RunFigures#UNKNOWN} on systems that do not say. */
    static long mebibytes() throws IOException {
        if (!Files.exists(STATUS)) {
            return RunFigures.UNKNOWN;
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(PEAK))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIBIBYTES)
                .findFirst()
                .orElse(RunFigures.UNKNOWN);
    }
}
