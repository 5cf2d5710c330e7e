package io.tallymark.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A new directory under the system's temporary directory that holds everything the parts write, and is gone after {@link #close}.
 */
public final class WorkDirectory implements AutoCloseable {
    private static final String PREFIX = "tallymark-";
    private static final int MAX_DELETE_PASSES = 20;

    private final Path root;

    private WorkDirectory(Path root) {
        this.root = root;
    }

    public static WorkDirectory create() {
        try {
            return new WorkDirectory(Files.createTempDirectory(PREFIX));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a work directory", e);
        }
    }

    public Path root() {
        return root;
    }

    /** A directory of that name inside, created when missing. */
    public Path directory(String name) {
        try {
            return Files.createDirectories(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + root.resolve(name), e);
        }
    }

    @Override
    public void close() {
        try {
            deleteTree(root);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + root, e);
        }
    }

    /** Deletes in passes: a part that is still stopping may write or delete a last file under our feet. */
    static void deleteTree(Path root) throws IOException {
        for (int pass = 1; Files.exists(root); pass++) {
            try {
                Files.walkFileTree(root, new Deletion());
            } catch (DirectoryNotEmptyException e) {
                if (pass == MAX_DELETE_PASSES) {
                    throw e;
                }
            }
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
            if (Files.exists(file)) {
                throw cause;
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException cause) throws IOException {
            if (cause != null && Files.exists(directory)) {
                throw cause;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
