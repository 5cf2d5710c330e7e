package io.tallymark.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What Java cannot do to another process: stop it where it stands, wake it, take its room for files. */
final class Signals {
    private Signals() {}

    static void freeze(long pid) throws IOException, InterruptedException {
        run("kill", "-STOP", Long.toString(pid));
    }

    static void wake(long pid) throws IOException, InterruptedException {
        run("kill", "-CONT", Long.toString(pid));
    }

    static void kill(long pid) throws IOException, InterruptedException {
        run("kill", "-KILL", Long.toString(pid));
    }

    /** As a full disk or quota: no file may grow beyond so many bytes, until {@link #freeDisk}. Reading goes on. */
    static void fillDisk(long pid, long bytes) throws IOException, InterruptedException {
        run("prlimit", "--pid", Long.toString(pid), "--fsize=" + bytes + ":");
    }

    static void freeDisk(long pid) throws IOException, InterruptedException {
        run("prlimit", "--pid", Long.toString(pid), "--fsize=unlimited:");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(List.of(command) + ": " + said.strip());
        }
    }
}
