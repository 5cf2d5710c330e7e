package io.tallymark.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkDirectoryTest {
    @Test
    void isGoneWithEverythingInItWhenClosed() throws Exception {
        Path root;
        try (WorkDirectory work = WorkDirectory.create()) {
            root = work.root();
            Path inside = work.directory("kafka");
            Files.writeString(inside.resolve("file"), "content");
            Files.createSymbolicLink(inside.resolve("link"), Path.of("nowhere"));
        }

        assertThat(root).doesNotExist();
    }

    @Test
    void keepsProgramFilesInTheCacheDirectoryOfTheUser() {
        assertThat(CacheDirectory.of(Map.of(), "/home/ada")).hasToString("/home/ada/.cache/tallymark");
        assertThat(CacheDirectory.of(Map.of("XDG_CACHE_HOME", "/cache"), "/home/ada"))
                .hasToString("/cache/tallymark");
    }
}
