package io.tallymark.soak;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where a series is and where it goes, by medians (Theil and Sen): a few wild readings, such as of a checkpoint that a busy machine held
 * up, move neither.
 *
 * @param level median of the readings
 * @param perHour slope, in the unit of the readings; 0 of fewer than two
 * @param hours from the first reading to the last
 */
record Trend(double level, double perHour, double hours) {
    private static final double MINUTES = 60;

    static Trend of(List<Point> points) {
        List<Double> slopes = new ArrayList<>();
        for (int later = 1; later < points.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                double hours = (points.get(later).minute() - points.get(earlier).minute()) / MINUTES;
                if (hours > 0) {
                    slopes.add((points.get(later).value() - points.get(earlier).value()) / hours);
                }
            }
        }
        return new Trend(
                median(points.stream().map(Point::value).toList()),
                median(slopes),
                points.isEmpty()
                        ? 0
                        : (points.get(points.size() - 1).minute()
                                        - points.get(0).minute())
                                / MINUTES);
    }

    /** Slope in percent of the level; 0 for a series of zeros. */
    double percentPerHour() {
        return level == 0 ? 0 : perHour / Math.abs(level) * 100;
    }

    /** What the slope adds up to between the first reading and the last. */
    double rise() {
        return perHour * hours;
    }

    /** 0 of nothing. */
    static double median(List<Double> values) {
        if (values.isEmpty()) {
            return 0;
        }
        List<Double> sorted = values.stream().sorted(Comparator.naturalOrder()).toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
