package io.tallymark.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 800B}, {@code 512KiB}, {@code 1MiB}. */
public final class SizeText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(B|KiB|MiB)");
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    private SizeText() {}

    /** The size in bytes, or nothing when the text is none. */
    public static Optional<Long> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long unitBytes = switch (matcher.group(2)) {
            case "MiB" -> MIB;
            case "KiB" -> KIB;
            default -> 1;
        };
        return Optional.of(unitBytes * Long.parseLong(matcher.group(1)));
    }

    /** The shortest form that says the same: {@code 1MiB}, {@code 1500B}. */
    static String print(long bytes) {
        if (bytes > 0 && bytes % MIB == 0) {
            return bytes / MIB + "MiB";
        }
        return bytes > 0 && bytes % KIB == 0 ? bytes / KIB + "KiB" : bytes + "B";
    }
}
