package io.tallymark.config;

import io.tallymark.usage.UserError;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a file, so that a user mends it in one go. */
final class Problems {
    private final List<String> found = new ArrayList<>();

    void add(String key, String problem) {
        found.add(key + ": " + problem);
    }

    /** For problems that name their key themselves. */
    void add(String problem) {
        found.add(problem);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    UserError asUserError(String file) {
        String problem = found.size() == 1
                ? file + ": " + found.get(0)
                : file + " has " + found.size() + " problems:\n  " + String.join("\n  ", found);
        return new UserError(problem, "mend the file; README.md lists every key");
    }
}
