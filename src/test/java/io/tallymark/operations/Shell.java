package io.tallymark.operations;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** One bash session in this checkout, into which blocks of commands are typed one after the other. A command that fails ends it. */
final class Shell implements AutoCloseable {
    /** What was being told while the backup was made is told again after two leases. */
    private static final Duration LONGEST_BLOCK = Duration.ofMinutes(8);

    private static final Duration POLL = Duration.ofMillis(50);

    private final Process bash;
    private final Writer keyboard;
    private final Path directory;
    private final Path output;
    private int blocks;

    private Shell(Process bash, Path directory, Path output) {
        this.bash = bash;
        this.keyboard = bash.outputWriter(StandardCharsets.UTF_8);
        this.directory = directory;
        this.output = output;
    }

    /**
     * Starts a session.
     *
     * @param directory for what is typed and what is printed
     * @param variables added to those of this process
     */
    static Shell start(Path directory, Map<String, String> variables) throws IOException {
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("bash", "--noprofile", "--norc")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(variables);
        Shell shell = new Shell(builder.start(), directory, output);
        shell.type("set -e\n");
        return shell;
    }

    /**
     * Runs a block in the session.
     *
     * @return what it printed
     * @throws AssertionError when one of its commands failed
     */
    String run(String block) throws IOException {
        int begin = printed().length();
        Path file = Files.writeString(directory.resolve("block-" + ++blocks + ".sh"), block);
        String end = "<end of block " + blocks + ">";
        type(". '" + file + "' </dev/null\necho '" + end + "'\n");
        Awaitility.await(block)
                .atMost(LONGEST_BLOCK)
                .pollInterval(POLL)
                .until(() -> printed().contains(end) || !bash.isAlive());
        String text = printed().substring(begin);
        if (!text.contains(end)) {
            throw new AssertionError("a command failed in:\n" + block + "\nwhich printed:\n" + text);
        }
        return text.replace(end, "");
    }

    /** Everything so far. */
    String printed() throws IOException {
        return Files.readString(output);
    }

    /** Also prints what was printed, for whoever reads the test's output. */
    @Override
    public void close() throws IOException {
        System.out.println(printed());
        if (bash.isAlive()) {
            keyboard.close();
        }
        bash.onExit().completeOnTimeout(bash, 1, TimeUnit.SECONDS).join();
        bash.descendants().forEach(ProcessHandle::destroyForcibly);
        bash.destroyForcibly().onExit().join();
    }

    private void type(String text) throws IOException {
        keyboard.write(text);
        keyboard.flush();
    }
}
