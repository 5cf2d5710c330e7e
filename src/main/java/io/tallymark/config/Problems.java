package io.tallymark.config;

import io.tallymark.usage.PrintableText;
import io.tallymark.usage.UserError;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a file, so that a user mends it in one go. */
public final class Problems {
    private final List<String> found = new ArrayList<>();

    public void add(String key, String problem) {
        found.add(key + ": " + problem);
    }

    /** For problems that name their key themselves. */
    public void add(String problem) {
        found.add(problem);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** @param manual what lists every key */
    UserError asUserError(String file, String manual) {
        // A value with a line break in it must not look like a line of ours.
        List<String> lines = found.stream().map(PrintableText::of).toList();
        String problem = lines.size() == 1
                ? file + ": " + lines.get(0)
                : file + " has " + lines.size() + " problems:\n  " + String.join("\n  ", lines);
        return new UserError(problem, "mend the file; " + manual + " lists every key");
    }
}
