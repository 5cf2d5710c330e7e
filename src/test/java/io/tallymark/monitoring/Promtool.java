package io.tallymark.monitoring;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Prometheus's own checker: the one on the PATH, or else Debian's, unpacked under target/ without being root. */
final class Promtool {
    private static final Path UNPACKED = Path.of("target", "promtool").toAbsolutePath();
    private static final int MOST_SECONDS = 120;
    private static final String REMEDY =
            "install Prometheus so that promtool is on the PATH, or let this machine reach a Debian"
                    + " mirror: apt-get download prometheus";

    private final Path program;

    private Promtool(Path program) {
        this.program = program;
    }

    /** How a run ended, with all that it printed. */
    record Answer(int exitCode, String output) {}

    static Promtool find() throws IOException, InterruptedException {
        Path unpacked = UNPACKED.resolve("usr/bin/promtool");
        Optional<Path> installed = Arrays.stream(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
        if (installed.isPresent()) {
            return new Promtool(installed.get());
        }
        if (!Files.isExecutable(unpacked)) {
            download();
        }
        return new Promtool(unpacked);
    }

    Answer run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return run(Path.of("monitoring"), command);
    }

    private static void download() throws IOException, InterruptedException {
        Files.createDirectories(UNPACKED);
        require(run(UNPACKED, List.of("apt-get", "download", "prometheus")));
        try (Stream<Path> files = Files.list(UNPACKED)) {
            Path archive = files.filter(file -> file.toString().endsWith(".deb"))
                    .findFirst()
                    .orElseThrow();
            require(run(UNPACKED, List.of("dpkg", "-x", archive.toString(), UNPACKED.toString())));
            Files.delete(archive);
        }
    }

    private static void require(Answer answer) {
        if (answer.exitCode() != 0) {
            throw new AssertionError("there is no promtool: " + REMEDY + "\n" + answer.output());
        }
    }

    private static Answer run(Path directory, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("promtool", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " took longer than " + MOST_SECONDS + " s: " + REMEDY);
            }
            return new Answer(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Answer(-1, String.valueOf(e.getMessage()));
        } finally {
            Files.delete(output);
        }
    }
}
