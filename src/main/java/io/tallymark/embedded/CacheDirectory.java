package io.tallymark.embedded;

import java.nio.file.Path;
import java.util.Map;

/** Where unpacked program files stay between runs: the user's cache directory. Nothing of one run is ever in it. */
public final class CacheDirectory {
    private static final String NAME = "tallymark";

    private CacheDirectory() {}

    public static Path ofUser() {
        return of(System.getenv(), System.getProperty("user.home", "."));
    }

    static Path of(Map<String, String> environment, String home) {
        String cacheHome = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = cacheHome.isBlank() ? Path.of(home, ".cache") : Path.of(cacheHome);
        return base.resolve(NAME).toAbsolutePath();
    }
}
