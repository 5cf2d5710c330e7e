package io.tallymark.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All readings of a run; each is also appended to a file at once, so that a run that is cut short leaves them. */
final class Recording {
    private final Path file;
    private final Map<Series, List<Point>> points = new LinkedHashMap<>();

    /** @param file CSV: minute, series, value */
    Recording(Path file) {
        this.file = file;
    }

    void add(Series series, double minute, double value) throws IOException {
        points.computeIfAbsent(series, none -> new ArrayList<>()).add(new Point(minute, value));
        Files.writeString(
                file,
                "%.2f;%s;%s%n".formatted(minute, series.name(), value),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    Set<Series> series() {
        return points.keySet();
    }

    List<Point> points(Series series) {
        return List.copyOf(points.getOrDefault(series, List.of()));
    }

    /** The newest reading, or 0. */
    double newest(Series series) {
        List<Point> all = points(series);
        return all.isEmpty() ? 0 : all.get(all.size() - 1).value();
    }
}
