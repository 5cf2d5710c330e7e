package io.tallymark.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How long each fault held things up, see {@link ChaosRun#strike}. */
final class Recoveries {
    private final Map<Fault, List<Duration>> times = new EnumMap<>(Fault.class);

    void add(Fault fault, Duration time) {
        times.computeIfAbsent(fault, none -> new ArrayList<>()).add(time);
    }

    int count() {
        return times.values().stream().mapToInt(List::size).sum();
    }

    /** One line a recovery, for adding up several runs. */
    List<String> lines(long seed) {
        List<String> lines = new ArrayList<>();
        times.forEach((fault, all) -> all.forEach(time -> lines.add(seed + "," + fault + "," + time.toMillis())));
        return lines;
    }

    /** As a Markdown table. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder("| fault | times | median, s | worst, s |\n|---|--:|--:|--:|\n");
        times.forEach((fault, all) -> {
            List<Duration> sorted =
                    all.stream().sorted(Comparator.naturalOrder()).toList();
            table.append("| %s | %d | %.1f | %.1f |%n"
                    .formatted(
                            fault,
                            sorted.size(),
                            seconds(sorted.get(sorted.size() / 2)),
                            seconds(sorted.get(sorted.size() - 1))));
        });
        return table.toString();
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1e3;
    }
}
