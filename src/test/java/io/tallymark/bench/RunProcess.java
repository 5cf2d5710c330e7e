package io.tallymark.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Carries a plan out in a process of its own, so that no run finds code that another one has warmed up, or memory that it left behind. */
final class RunProcess {
    /** A run's process does nothing any more. */
    static final class StandstillException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private StandstillException() {
            super("the process used no processor time for " + LONGEST_STANDSTILL.toMinutes() + " minutes");
        }
    }

    private static final int LINES_SHOWN = 30;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LONGEST_STANDSTILL = Duration.ofMinutes(3);
    /** A cluster that waits for something uses more than this in that time, for its heartbeats. */
    private static final Duration LEAST_CPU = Duration.ofMillis(200);

    private static final String OUTPUT = "output.txt";

    private RunProcess() {}

    /**
     * Starts the process and waits for it.
     *
     * @throws StandstillException when the process does nothing any more
     * @throws BenchFailure with the end of its output, without stack frames, when it fails
     */
    static RunFigures run(RunPlan plan) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(plan.directory());
        plan.write(directory.resolve(ContenderRun.PLAN));
        Process process = new ProcessBuilder(command(directory, plan.size().heapMebibytes()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(OUTPUT).toFile())
                .start();
        Thread hook = new Thread(process::destroyForcibly, "end-run");
        Runtime.getRuntime().addShutdownHook(hook);
        Path figures = directory.resolve(ContenderRun.FIGURES);
        try {
            if (!awaitFigures(process, figures)) {
                throw new BenchFailure(
                        plan.contender().title() + " ended with " + process.exitValue() + ":\n" + lastLines(directory));
            }
            return RunFigures.read(figures);
        } finally {
            process.destroyForcibly().onExit().join();
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    /**
     * Does not wait for the process to end: its exit runs RocksDB's, which may wait for ever for threads that are in the middle of
     * something.
     *
     * @return whether there are figures; otherwise the process has ended without
     */
    private static boolean awaitFigures(Process process, Path figures) throws InterruptedException {
        Duration before = cpu(process);
        long since = System.nanoTime();
        while (!process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS) && Files.notExists(figures)) {
            if (System.nanoTime() - since > LONGEST_STANDSTILL.toNanos()) {
                Duration now = cpu(process);
                if (now.minus(before).compareTo(LEAST_CPU) < 0) {
                    throw new StandstillException();
                }
                before = now;
                since = System.nanoTime();
            }
        }
        return Files.exists(figures);
    }

    private static Duration cpu(Process process) {
        // Where the system does not say, no process ever stands still.
        return process.info().totalCpuDuration().orElseGet(() -> Duration.ofNanos(System.nanoTime()));
    }

    private static List<String> command(Path directory, int heapMebibytes) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The packages that this process may look into, Flink needs there too.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        command.add("-Xmx" + heapMebibytes + "m");
        // JDBC reads timestamps without a zone by the process's own.
        command.add("-Duser.timezone=UTC");
        command.add("-Djava.io.tmpdir=" + directory);
        command.add("-Dtallymark.log=" + directory.resolve("run.log"));
        command.add("-Dlog4j2.configurationFile=log4j2.xml");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(ContenderRun.class.getName());
        command.add(directory.toString());
        return command;
    }

    private static String lastLines(Path directory) throws IOException {
        List<String> lines;
        try (Stream<String> all = Files.lines(directory.resolve(OUTPUT))) {
            lines = all.filter(line -> !line.startsWith("\tat ")).toList();
        }
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
    }
}
