package io.tallymark.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The checkpoints and savepoints that a job can be resumed from, as an operator finds them: by their {@code _metadata}, newest first. */
record KeptState(Path root) {
    private static final int DEPTH = 4;

    private record Found(Path directory, FileTime time) {}

    List<Path> newestFirst() throws IOException {
        List<Found> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root, DEPTH)) {
            for (Path file : files.filter(path -> path.endsWith("_metadata")).toList()) {
                add(found, file);
            }
        } catch (UncheckedIOException e) {
            // An old checkpoint was deleted under our feet: whoever asks looks again.
            return List.of();
        }
        found.sort(Comparator.comparing(Found::time).reversed());
        return found.stream().map(Found::directory).toList();
    }

    private static void add(List<Found> found, Path file) throws IOException {
        try {
            Path directory = file.getParent();
            if (directory != null && Files.size(file) > 0) {
                found.add(new Found(directory, Files.getLastModifiedTime(file)));
            }
        } catch (NoSuchFileException e) {
            // Deleted meanwhile, so it is an old one.
        }
    }
}
