package io.tallymark.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Carries a plan out in a process of its own, so that no run finds code that another one has warmed up, or memory that it left behind. */
final class RunProcess {
    private static final int LINES_SHOWN = 30;
    private static final String OUTPUT = "output.txt";

    private RunProcess() {}

    /**
     * Starts the process and waits for it.
     *
     * @throws IllegalStateException with the end of its output, without stack frames, when it fails
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
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException(
                        plan.contender().title() + " ended with " + code + ":\n" + lastLines(directory));
            }
            return RunFigures.read(directory.resolve(ContenderRun.FIGURES));
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(hook);
        }
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
