package io.tallymark.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills <code>${NAME}</code> and <code>${NAME:-default}</code> in from the environment, so that one file serves several machines. */
final class EnvironmentText {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}");

    private EnvironmentText() {}

    /**
     * Expands all references.
     *
     * @throws IllegalArgumentException naming a variable that is not set and has no default
     */
    static String expand(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(value(matcher)));
        }
        return matcher.appendTail(expanded).toString();
    }

    private static String value(Matcher reference) {
        String value = System.getenv(reference.group(1));
        if (value != null) {
            return value;
        }
        String fallback = reference.group(3);
        if (fallback == null) {
            throw new IllegalArgumentException("the environment variable " + reference.group(1) + " is not set");
        }
        return fallback;
    }
}
