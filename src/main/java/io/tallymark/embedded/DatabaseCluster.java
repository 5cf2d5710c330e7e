package io.tallymark.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Starts PostgreSQL so that nothing of the run lies outside its own directory: its output goes to {@code postgres.log} beside the data,
 * and only the unpacked program files stay in the cache directory.
 */
final class DatabaseCluster {
    private static final Duration STARTUP_WAIT = Duration.ofSeconds(60);
    /** zonky reads where it may keep directories from nowhere else. */
    private static final String WORKING_DIRECTORY_PROPERTY = "ot.epg.working-dir";

    private DatabaseCluster() {}

    static EmbeddedPostgres start(Path directory, Path cache, int port) {
        System.setProperty(WORKING_DIRECTORY_PROPERTY, cache.toString());
        Path log = directory.resolve("postgres.log");
        try {
            Files.createDirectories(directory);
            return builder(directory, port, ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start; " + tail(log), e);
        } catch (RuntimeException e) {
            throw new IllegalStateException("PostgreSQL did not start; " + tail(log), e);
        }
    }

    private static EmbeddedPostgres.Builder builder(Path directory, int port, ProcessBuilder.Redirect log) {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(true)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(STARTUP_WAIT)
                .setOutputRedirector(log)
                .setErrorRedirector(log)
                .setServerConfig("listen_addresses", ListenPort.LOOPBACK)
                // No socket file: it would lie in the system's temporary directory.
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("shared_buffers", "64MB")
                .setServerConfig("max_connections", "100");
    }

    private static String tail(Path log) {
        try {
            return Files.exists(log) ? "it said: " + Files.readString(log).strip() : "it said nothing";
        } catch (IOException e) {
            return "its output cannot be read: " + e.getMessage();
        }
    }
}
