package io.tallymark.bench;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** The command that measures the same again, without the place of its report: that is of one machine only. */
final class CommandText {
    private static final String REPORT = "--report";
    private static final Pattern PLAIN = Pattern.compile("[\\w.,=-]+");

    private CommandText() {}

    static String of(List<String> arguments) {
        StringBuilder text = new StringBuilder("./tallymark bench");
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String argument = rest.pop();
            if (argument.equals(REPORT)) {
                rest.poll();
            } else if (!argument.startsWith(REPORT + "=")) {
                text.append(' ').append(quoted(argument));
            }
        }
        return text.toString();
    }

    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
