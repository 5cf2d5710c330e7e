package io.tallymark.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The deployment's file {@code history}: what was started and stopped, on which state. */
record History(Path file) {
    /**
     * A start or stop of the job.
     *
     * @param state what it began with, or the savepoint with which it ended
     */
    record Line(boolean started, String release, String job, String state) {
        private static Line parse(String text) {
            String[] words = text.split(" ", -1);
            return new Line(words[1].equals("started"), words[2], words[3], words[4]);
        }
    }

    List<Line> lines() throws IOException {
        return Files.exists(file)
                ? Files.readAllLines(file).stream().map(Line::parse).toList()
                : List.of();
    }
}
