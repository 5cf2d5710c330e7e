package io.tallymark.bench;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * What a run's process measured.
 *
 * @param millis from the first records fetched to the last result
 * @param settledMillis from the first records fetched until the table held the truth; equal to {@code millis} for runs that write none
 * @param cpuMillis of the process in {@code millis}
 * @param peakMebibytes most memory that the process had resident; {@link #UNKNOWN} where the system does not say
 * @param checkpointBytes of the first checkpoint after the end; {@link #UNKNOWN} for runs without state
 */
record RunFigures(long millis, long settledMillis, long cpuMillis, long peakMebibytes, long checkpointBytes) {
    static final long UNKNOWN = -1;

    /** The same with what is known only later. */
    RunFigures settled(long otherSettledMillis, long otherCheckpointBytes) {
        return new RunFigures(millis, otherSettledMillis, cpuMillis, peakMebibytes, otherCheckpointBytes);
    }

    void write(Path file) throws IOException {
        Properties values = new Properties();
        values.setProperty("millis", Long.toString(millis));
        values.setProperty("settled-millis", Long.toString(settledMillis));
        values.setProperty("cpu-millis", Long.toString(cpuMillis));
        values.setProperty("peak-mebibytes", Long.toString(peakMebibytes));
        values.setProperty("checkpoint-bytes", Long.toString(checkpointBytes));
        try (Writer out = Files.newBufferedWriter(file)) {
            values.store(out, null);
        }
    }

    static RunFigures read(Path file) throws IOException {
        Properties values = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            values.load(in);
        }
        return new RunFigures(
                Long.parseLong(values.getProperty("millis")),
                Long.parseLong(values.getProperty("settled-millis")),
                Long.parseLong(values.getProperty("cpu-millis")),
                Long.parseLong(values.getProperty("peak-mebibytes")),
                Long.parseLong(values.getProperty("checkpoint-bytes")));
    }
}
