package io.tallymark.proof;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tallymark.embedded.traffic.OutcomeCounts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What a release left behind for all later ones: a savepoint, the records of its topic, and what has to come out of them. Nothing of it
 * is ever made again by later code.
 *
 * @param directory named after the release
 */
record ReleasedState(Path directory) {
    static final int PARTITIONS = 4;

    private static final Path ALL = Path.of("src", "test", "resources", "savepoints");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * What is known beside the records.
     *
     * @param meters as the configuration file has them
     * @param middle so many of the records were read before the savepoint
     * @param rows all rows in the end, as {@link UsageRows} prints them
     * @param counts what became of all records in the end
     */
    record Expected(String meters, int middle, List<String> rows, OutcomeCounts counts) {}

    /** Every release, the oldest first. */
    static List<ReleasedState> all() throws IOException {
        try (Stream<Path> releases = Files.list(ALL)) {
            return releases.sorted().map(ReleasedState::new).toList();
        }
    }

    static ReleasedState of(String release) {
        return new ReleasedState(ALL.resolve(release));
    }

    /** A word, for topics and databases. */
    String word() {
        return "release_" + release().replaceAll("\\W", "_");
    }

    String release() {
        return directory.getFileName().toString();
    }

    Path savepoint() {
        return directory.resolve("savepoint");
    }

    Path records() {
        return directory.resolve("records.json.gz");
    }

    Expected expected() throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(expectedFile()))) {
            return JSON.readValue(in, Expected.class);
        }
    }

    void expect(Expected expected) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(expectedFile()))) {
            JSON.writeValue(out, expected);
        }
    }

    private Path expectedFile() {
        return directory.resolve("expected.json.gz");
    }

    @Override
    public String toString() {
        return release();
    }
}
