package io.tallymark.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the document's commands leave in their directory: processes and a history. Closing kills what still runs. */
record Deployment(Path directory) implements AutoCloseable {
    History history() {
        return new History(directory.resolve("history"));
    }

    /** Kills a process as the loss of its machine does. */
    void kill(String name) throws IOException {
        for (Path file : processIds()) {
            if (file.endsWith(name + ".pid")) {
                kill(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Path file : processIds()) {
            kill(file);
        }
    }

    private void kill(Path file) throws IOException {
        String id = Files.readString(file);
        // A number may belong to somebody else by now.
        Optional<ProcessHandle> process =
                ProcessHandle.of(Long.parseLong(id.strip())).filter(this::isOurs);
        if (process.isPresent()) {
            process.get().destroyForcibly();
            process.get().onExit().orTimeout(1, TimeUnit.MINUTES).join();
        }
    }

    private boolean isOurs(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains(directory.toString());
    }

    private List<Path> processIds() throws IOException {
        if (!Files.exists(directory.resolve("run"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory.resolve("run"))) {
            return files.filter(file -> file.toString().endsWith(".pid")).toList();
        }
    }
}
