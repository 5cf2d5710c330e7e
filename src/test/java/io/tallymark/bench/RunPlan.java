package io.tallymark.bench;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/**
 * What a run's process has to know; handed over in a file.
 *
 * @param contender what runs
 * @param bootstrapServers the broker
 * @param topic with {@code records} records, markers included
 * @param databaseUrl of a fresh database; empty for runs that write none
 * @param databaseUser its owner
 * @param directory for everything that the run writes
 * @param maxLateness how long an id has to be known
 * @param lateness most that an event comes late
 * @param records how many there are to read
 * @param rows how many closed hours end the run, markers left out
 * @param markers how many closed hours of markers end it too
 * @param tokens sum over all rows
 * @param events how many events are counted in all rows
 * @param size memory and intervals
 */
record RunPlan(
        Contender contender,
        String bootstrapServers,
        String topic,
        String databaseUrl,
        String databaseUser,
        Path directory,
        Duration maxLateness,
        Duration lateness,
        long records,
        long rows,
        int markers,
        long tokens,
        long events,
        RunSize size) {
    static final String DEAD_LETTERS = "letters";

    void write(Path file) throws IOException {
        Properties values = new Properties();
        values.setProperty("contender", contender.name());
        values.setProperty("bootstrap-servers", bootstrapServers);
        values.setProperty("topic", topic);
        values.setProperty("database-url", databaseUrl);
        values.setProperty("database-user", databaseUser);
        values.setProperty("directory", directory.toString());
        values.setProperty("max-lateness", maxLateness.toString());
        values.setProperty("lateness", lateness.toString());
        values.setProperty("records", Long.toString(records));
        values.setProperty("rows", Long.toString(rows));
        values.setProperty("markers", Integer.toString(markers));
        values.setProperty("tokens", Long.toString(tokens));
        values.setProperty("events", Long.toString(events));
        values.setProperty("heap-mebibytes", Integer.toString(size.heapMebibytes()));
        values.setProperty("managed-mebibytes", Integer.toString(size.managedMebibytes()));
        values.setProperty("checkpoint-interval", size.checkpointInterval().toString());
        values.setProperty("early-results", size.earlyResults().toString());
        try (Writer out = Files.newBufferedWriter(file)) {
            values.store(out, null);
        }
    }

    static RunPlan read(Path file) throws IOException {
        Properties values = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            values.load(in);
        }
        return new RunPlan(
                Contender.valueOf(values.getProperty("contender")),
                values.getProperty("bootstrap-servers"),
                values.getProperty("topic"),
                values.getProperty("database-url"),
                values.getProperty("database-user"),
                Path.of(values.getProperty("directory")),
                Duration.parse(values.getProperty("max-lateness")),
                Duration.parse(values.getProperty("lateness")),
                Long.parseLong(values.getProperty("records")),
                Long.parseLong(values.getProperty("rows")),
                Integer.parseInt(values.getProperty("markers")),
                Long.parseLong(values.getProperty("tokens")),
                Long.parseLong(values.getProperty("events")),
                new RunSize(
                        Integer.parseInt(values.getProperty("heap-mebibytes")),
                        Integer.parseInt(values.getProperty("managed-mebibytes")),
                        Duration.parse(values.getProperty("checkpoint-interval")),
                        Duration.parse(values.getProperty("early-results"))));
    }

    DatabaseAccess database() {
        return new DatabaseAccess(databaseUrl, databaseUser, SecretRef.none("postgres.password"));
    }
}
