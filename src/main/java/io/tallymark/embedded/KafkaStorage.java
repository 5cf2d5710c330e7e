package io.tallymark.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** What {@code kafka-storage format} does: gives an empty log directory its cluster id and first metadata. */
final class KafkaStorage {
    private static final String FILE = "server.properties";

    private KafkaStorage() {}

    /** Formats the log directory named in the properties; leaves them in a file in {@code directory}, as a broker has them. */
    static void format(Path directory, Map<String, String> properties) {
        Path file = write(directory.resolve(FILE), properties);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] arguments = {
            "format",
            "--config",
            file.toString(),
            "--cluster-id",
            Uuid.randomUuid().toString()
        };
        int status;
        try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            status = StorageTool.execute(arguments, out);
        }
        if (status != 0) {
            throw new IllegalStateException(
                    "cannot format Kafka's log directory: " + said.toString(StandardCharsets.UTF_8));
        }
    }

    private static Path write(Path file, Map<String, String> properties) {
        Properties all = new Properties();
        all.putAll(properties);
        try (Writer writer = Files.newBufferedWriter(file)) {
            all.store(writer, "written at start");
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
