package io.tallymark.proof;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.DatabaseAccess;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;

/** A broker, a database server and a Flink of four slots; each run of the metering pipeline gets a database of its own. */
record ProofStack(
        Teardown teardown, EmbeddedKafka kafka, EmbeddedDatabase database, EmbeddedFlink flink, Path checkpoints)
        implements AutoCloseable {
    static final int SLOTS = 4;
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMillis(300);
    private static final String CHECKPOINTS = "checkpoints";
    /** Topics take every record that a test sends, with the append time that it chooses. */
    private static final Map<String, String> TOPIC =
            Map.of("message.timestamp.type", "CreateTime", "max.message.bytes", "4194304");

    static ProofStack start() throws Exception {
        Teardown teardown = Teardown.atExit();
        WorkDirectory work = teardown.open(WorkDirectory::create);
        EmbeddedKafka kafka = teardown.open(() -> EmbeddedKafka.start(work.directory("kafka"), ListenPort.free()));
        EmbeddedDatabase database =
                teardown.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
        Configuration overrides = new Configuration();
        overrides.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        Path directory = work.directory("flink");
        overrides.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve(CHECKPOINTS).toUri().toString());
        EmbeddedFlink flink = teardown.open(
                () -> EmbeddedFlink.start(directory, ListenPort.free(), new EmbeddedFlink.Size(1, SLOTS), overrides));
        return new ProofStack(teardown, kafka, database, flink, directory.resolve(CHECKPOINTS));
    }

    void createTopic(String name, int partitions) {
        kafka.createTopic(name, partitions, TOPIC);
    }

    /**
     * Starts the metering pipeline on an empty database.
     *
     * @param name of the run, a word; database and dead-letter topic are called after it
     */
    MeteringRun run(String name, String topic, int parallelism) throws Exception {
        return MeteringRun.start(this, settings(name, topic, demoMeters()), parallelism);
    }

    /**
     * Settings of a run, with a new and empty database.
     *
     * @param meters the part of a configuration file that begins with {@code meters:}
     */
    Settings settings(String name, String topic, String meters) throws Exception {
        return SettingsLoader.fromText(name, settingsText(name, topic) + meters);
    }

    /** All but the meters, with a new and empty database. */
    String settingsText(String name, String topic) throws Exception {
        String letters = name + "_letters";
        kafka.createTopic(letters, 1, Map.of("max.message.bytes", "4194304"));
        DatabaseAccess own = database.create(name);
        return """
                pipelines: [metering]
                kafka: {bootstrap-servers: "%s", topic: %s, dead-letter-topic: %s, trust-create-time: true}
                postgres: {url: "%s", user: "%s"}
                metering: {max-lateness: 7d, early-results: 200ms, close-delay: 2m, quiet-partition: 3s}
                """.formatted(kafka.bootstrapServers(), topic, letters, own.url(), own.user());
    }

    @Override
    public void close() {
        teardown.close();
    }

    /** The meters that the generator feeds. */
    static String demoMeters() throws Exception {
        try (InputStream file = ProofStack.class.getResourceAsStream("/demo/tallymark.yaml")) {
            String yaml = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            return yaml.substring(yaml.indexOf("\nmeters:"));
        }
    }
}
