package io.tallymark.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * What a run's process measured.
 *
 * @param millis from the first records fetched to the last result
 * @param settledMillis from the first records fetched until the table held the truth; equal to {@code millis} for runs that write none
 * @param cpuMillis of the process in {@code millis}
 * @param peakMebibytes most memory that the process had resident; {@link #UNKNOWN} where the system does not say
 * @param tenthsMillis how long it took to fetch each tenth of the records
 * @param state what was in checkpoints
 */
record RunFigures(
        long millis,
        long settledMillis,
        long cpuMillis,
        long peakMebibytes,
        List<Long> tenthsMillis,
        StateFigures state) {
    static final long UNKNOWN = -1;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The same with what is known only later. */
    RunFigures settled(long otherSettledMillis, StateFigures otherState) {
        return new RunFigures(millis, otherSettledMillis, cpuMillis, peakMebibytes, tenthsMillis, otherState);
    }

    /** The file is there when all of it is. */
    void write(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        JSON.writeValue(part.toFile(), this);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static RunFigures read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), RunFigures.class);
    }
}
