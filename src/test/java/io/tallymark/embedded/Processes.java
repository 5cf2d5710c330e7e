package io.tallymark.embedded;

import java.nio.file.Path;
import java.util.List;

/** Looks for processes that still work on a directory. */
final class Processes {
    private Processes() {}

    /** Command lines of live processes, other than this one, that name the directory. */
    static List<String> naming(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(directory.toString()))
                .toList();
    }
}
