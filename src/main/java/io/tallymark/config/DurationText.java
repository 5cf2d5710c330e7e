package io.tallymark.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 60s}, {@code 2m}, {@code 36h}, {@code 7d}. */
public final class DurationText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private DurationText() {}

    /** The duration, or nothing when the text is none. */
    public static Optional<Duration> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.ofNullable(UNITS.get(matcher.group(2)))
                .map(unit -> unit.multipliedBy(Long.parseLong(matcher.group(1))));
    }

    /** The shortest form that says the same: {@code 7d}, {@code 90s}. */
    public static String print(Duration duration) {
        TreeMap<Duration, String> largestFirst = new TreeMap<>((a, b) -> b.compareTo(a));
        UNITS.forEach((name, unit) -> largestFirst.put(unit, name));
        for (Map.Entry<Duration, String> unit : largestFirst.entrySet()) {
            long unitMillis = unit.getKey().toMillis();
            if (duration.toMillis() % unitMillis == 0 && duration.toMillis() >= unitMillis) {
                return duration.toMillis() / unitMillis + unit.getValue();
            }
        }
        return "0s";
    }
}
