package io.tallymark.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A process that is started again after each of its deaths; what it says is appended to one log. It ends with {@link #close}, or with
 * this process at the latest.
 */
public final class ChaosProcess implements AutoCloseable {
    private static final int SHOWN_LINES = 40;
    private static final int SHOWN_TROUBLES = 6;
    private static final int SHOWN_WIDTH = 300;
    private static final Pattern TROUBLE = Pattern.compile("\\b(ERROR|FATAL)\\b|^Caused by: |^Exception in thread");

    private final Path directory;
    private final Path log;
    private final Map<String, String> environment;
    private final Thread hook = new Thread(this::endForGood);
    private Optional<Process> process = Optional.empty();
    private int starts;
    private boolean ended;

    /** @param directory where it works; its log lies beside */
    ChaosProcess(Path directory, Map<String, String> environment) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.log = directory.resolveSibling(directory.getFileName() + ".log");
        this.environment = environment;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** The command of a JVM like this one. */
    static List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        return command;
    }

    synchronized void start(List<String> command) throws IOException {
        if (ended || isAlive()) {
            throw new IllegalStateException((ended ? "ended for good: " : "still running: ") + log);
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        process = Optional.of(builder.start());
        starts++;
    }

    public synchronized boolean isAlive() {
        return process.filter(Process::isAlive).isPresent();
    }

    public synchronized long pid() {
        return process.orElseThrow().pid();
    }

    /** How often it was started. */
    public synchronized int starts() {
        return starts;
    }

    /** SIGKILL, frozen or not; it is gone when this returns. */
    void kill() {
        end();
    }

    /** SIGSTOP: it stands still, and its connections stay open. */
    void freeze() throws IOException, InterruptedException {
        Signals.freeze(pid());
    }

    void wake() throws IOException, InterruptedException {
        if (isAlive()) {
            Signals.wake(pid());
        }
    }

    /** Whether it is alive, how often it was started and what its log calls an error, in a few lines for messages. */
    public String summary() throws IOException {
        List<String> troubles = lines().stream()
                .filter(line -> TROUBLE.matcher(line).find())
                .map(line -> "\n    " + line.substring(0, Math.min(line.length(), SHOWN_WIDTH)))
                .toList();
        return log + ": " + (isAlive() ? "alive" : "dead")
                + ", started " + starts() + " times"
                + String.join("", troubles.subList(Math.max(0, troubles.size() - SHOWN_TROUBLES), troubles.size()));
    }

    /** The end of its log, for messages. */
    public String tail() throws IOException {
        List<String> lines = lines();
        return log.getFileName() + ":\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }

    private List<String> lines() throws IOException {
        return Files.exists(log) ? Files.readAllLines(log) : List.of("(missing)");
    }

    @Override
    public void close() {
        endForGood();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    /** Whoever tends it may be in the middle of it when this JVM is told to end. */
    private synchronized void endForGood() {
        ended = true;
        end();
    }

    private synchronized void end() {
        process.ifPresent(running -> running.destroyForcibly().onExit().join());
    }
}
