package io.tallymark.soak;

import java.util.List;

/**
 * A series, as the report shows it.
 *
 * @param start after a quarter of the run: what is bounded by max-lateness has its size by then
 * @param trend of the second half
 */
record Finding(Series series, double start, double middle, double end, Trend trend, Verdict verdict) {
    private static final double START = 0.25;
    private static final double MIDDLE = 0.5;
    /** Medians of this part of the run stand for a moment, so that one reading does not. */
    private static final double MOMENT = 0.05;
    /** Gaps are no reason to fail, as long as something can be said. */
    private static final int FEWEST_READINGS = 2;

    /** @param minutes length of the run */
    static Finding of(Series series, List<Point> run, double minutes) {
        // The last reading is some milliseconds late.
        List<Point> half = between(run, minutes * MIDDLE, Double.MAX_VALUE);
        if (half.size() < FEWEST_READINGS) {
            return new Finding(series, 0, 0, 0, Trend.of(half), new Verdict(false, "hardly ever read"));
        }
        return new Finding(
                series,
                around(run, minutes, START),
                around(run, minutes, MIDDLE),
                around(run, minutes, 1 - MOMENT / 2),
                Trend.of(half),
                series.rule().judge(run, half));
    }

    private static double around(List<Point> run, double minutes, double moment) {
        double from = minutes * (moment - MOMENT / 2);
        double to = minutes * (moment + MOMENT / 2);
        List<Point> near = between(run, from, to);
        if (near.isEmpty()) {
            near = between(run, 0, to);
            near = near.subList(Math.max(0, near.size() - 1), near.size());
        }
        return Trend.median(near.stream().map(Point::value).toList());
    }

    private static List<Point> between(List<Point> run, double from, double to) {
        return run.stream()
                .filter(point -> point.minute() >= from && point.minute() <= to)
                .toList();
    }
}
