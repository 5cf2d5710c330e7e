package io.tallymark.config;

import io.tallymark.usage.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Configuration texts for the loader's tests: the least that loads, and short ways to load more. */
final class ConfigFile {
    static final String KAFKA = "kafka: {bootstrap-servers: 'broker:9092'}\n";
    static final String POSTGRES = "postgres: {url: 'jdbc:postgresql://db/tallymark', user: tally}\n";
    static final String METERS = "meters: [{metric: requests, event-type: api.request, aggregation: count}]\n";
    static final String LEAST = KAFKA + POSTGRES + METERS;

    private ConfigFile() {}

    static Settings load(Path directory, String yaml) {
        try {
            return SettingsLoader.load(Files.writeString(directory.resolve("tallymark.yaml"), yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Settings withMeter(Path directory, String meter) {
        return load(directory, KAFKA + POSTGRES + "meters:\n  - {" + meter + "}\n");
    }

    /** The message with which the text is refused. */
    static String refusal(Path directory, String yaml) {
        try {
            load(directory, yaml);
        } catch (UserError e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("not refused: " + yaml);
    }

    static String refusalOfMeters(Path directory, String... meters) {
        StringBuilder yaml = new StringBuilder(KAFKA + POSTGRES + "meters:\n");
        for (String meter : meters) {
            yaml.append("  - {").append(meter).append("}\n");
        }
        return refusal(directory, yaml.toString());
    }
}
