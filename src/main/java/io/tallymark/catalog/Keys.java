package io.tallymark.catalog;

import io.tallymark.config.ConfigSection;
import io.tallymark.config.Problems;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** The names of one list of the file: well formed, and each once. */
final class Keys {
    private static final Pattern FORM = Pattern.compile("[^\\s\\p{Cntrl},]([^\\p{Cntrl},]*[^\\s\\p{Cntrl},])?");

    private final Problems problems;
    private final int longest;
    private final Set<String> taken = new HashSet<>();

    Keys(Problems problems, int longest) {
        this.problems = problems;
        this.longest = longest;
    }

    /** Whether the file could hold it. */
    static boolean isValid(String key, int longest) {
        return FORM.matcher(key).matches() && key.length() <= longest;
    }

    String read(ConfigSection section, String name) {
        String key = section.requiredText(name);
        if (!key.isEmpty() && !isValid(key, longest)) {
            problems.add(
                    section.key(name),
                    key + " is no name: 1 to " + longest + " characters on one line, without a comma");
        }
        if (!key.isEmpty() && !taken.add(key)) {
            problems.add(section.key(name), key + " is there twice");
        }
        return key;
    }
}
