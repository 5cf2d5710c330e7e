package io.tallymark.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EmbeddedPartsIT {
    @TempDir
    private Path directory;

    private Path temporary;
    private Process process;
    private Path work;

    @BeforeEach
    void startAProcessWithAllParts() throws Exception {
        temporary = Files.createDirectory(directory.resolve("tmp"));
        process = new ProcessBuilder(command())
                .redirectError(directory.resolve("stderr").toFile())
                .start();
        work = Path.of(readyLine());
    }

    @AfterEach
    void endIt() throws Exception {
        // Not by force: only its own teardown stops its Postgres.
        process.destroy();
        process.waitFor(60, TimeUnit.SECONDS);
    }

    @Test
    void leaveNoProcessAndNoDirectoryWhenTheProcessIsToldToEnd() throws Exception {
        assertThat(Processes.naming(work)).isNotEmpty();
        assertThat(work).startsWith(temporary);

        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(Processes.naming(work)).isEmpty();
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void listenOnLoopbackOnly() throws Exception {
        assertThat(ListeningSockets.of(process.pid())).isNotEmpty().allMatch(ListeningSockets.Socket::loopback);
    }

    private String readyLine() throws IOException {
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        assertThat(line).as(Files.readString(directory.resolve("stderr"))).isNotNull();
        return line;
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ProcessHandle.current().info().arguments().stream()
                .flatMap(Stream::of)
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        command.add("-Djava.io.tmpdir=" + temporary);
        command.add("-XX:-UsePerfData");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(EmbeddedPartsMain.class.getName());
        return command;
    }
}
