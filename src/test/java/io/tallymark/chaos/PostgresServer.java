package io.tallymark.chaos;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.usage.DatabaseAccess;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL that dies without a word and comes back on its data. By default it would answer before a commit is in its log, and forget
 * it when it dies. Flink reaches it through a proxy, everybody else directly.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Duration BETWEEN_STARTS = Duration.ofMillis(300);
    private static final int MOST_STARTS = 100;

    private final Path data;
    private final EmbeddedDatabase database;
    private final ChaosProcess successor;
    private final LoopbackProxy proxy;

    private PostgresServer(Path data, EmbeddedDatabase database, ChaosProcess successor, LoopbackProxy proxy) {
        this.data = data;
        this.database = database;
        this.successor = successor;
        this.proxy = proxy;
    }

    public static PostgresServer start(Path directory) throws IOException {
        EmbeddedDatabase database = EmbeddedDatabase.start(directory, ListenPort.free());
        return new PostgresServer(
                directory.resolve("data"),
                database,
                new ChaosProcess(directory.resolveSibling("postgres-again"), Map.of()),
                LoopbackProxy.to(database.port()));
    }

    LoopbackProxy proxy() {
        return proxy;
    }

    /** For this process. */
    public DatabaseAccess access() {
        return database.access();
    }

    /** For Flink. */
    DatabaseAccess proxiedAccess() {
        DatabaseAccess direct = database.access();
        String url = direct.url().replace(":" + database.port() + "/", ":" + proxy.port() + "/");
        return new DatabaseAccess(url, direct.user(), direct.password());
    }

    /** SIGKILL of the postmaster, in the middle of whatever is being written; its children end by themselves. */
    void kill() throws IOException, InterruptedException {
        Signals.kill(postmaster());
    }

    /** Recovers from the write-ahead log; takes connections when this returns. */
    void startAgain() throws IOException {
        for (int start = 0; start < MOST_STARTS; start++) {
            // As long as a child of the dead one lives, a new one refuses to start.
            if (!successor.isAlive()) {
                successor.start(command());
            }
            Pause.of(BETWEEN_STARTS);
            if (isUp()) {
                return;
            }
        }
        throw new IllegalStateException("PostgreSQL does not come back; " + successor.tail());
    }

    /** What it said before it was first killed. */
    String log() throws IOException {
        return Files.readString(data.resolveSibling("postgres.log"));
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        database.close();
        successor.close();
    }

    /** The first line of the file by which PostgreSQL knows that it runs. */
    private long postmaster() throws IOException {
        return Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
    }

    /** What it was started with, as it wrote it down itself. */
    private List<String> command() throws IOException {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            // PostgreSQL refuses to run as root.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(
                "sh",
                "-c",
                "exec " + Files.readString(data.resolve("postmaster.opts")).strip()));
        return command;
    }

    private boolean isUp() {
        try {
            database.access().connect().close();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }
}
