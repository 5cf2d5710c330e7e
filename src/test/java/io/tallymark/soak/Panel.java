package io.tallymark.soak;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One picture of the plot: some series of one unit over the run's minutes.
 *
 * @param lines by name; the name is shown when there are several
 * @param minutes length of the run
 * @param fullAfter from when on ids are forgotten
 */
record Panel(String title, String unit, Map<String, List<Point>> lines, double minutes, double fullAfter) {
    static final int WIDTH = 420;
    static final int HEIGHT = 190;

    private static final int LEFT = 52;
    private static final int RIGHT = 14;
    private static final int TOP = 30;
    private static final int BOTTOM = 34;
    private static final double ROOM_FOR_NAMES = 1.45;
    private static final List<String> COLORS = List.of("#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989");

    /** An SVG group; its upper left corner is at that place. */
    String svg(int left, int top) {
        Axis time = Axis.to(minutes);
        Axis value = Axis.to(lines.values().stream()
                        .flatMap(List::stream)
                        .mapToDouble(Point::value)
                        .max()
                        .orElse(1)
                * (lines.size() == 1 ? 1 : ROOM_FOR_NAMES));
        StringBuilder svg = new StringBuilder(format("<g transform=\"translate(%d %d)\">%n", left, top));
        svg.append(format("<text class=\"title\" x=\"%d\" y=\"16\">%s</text>%n", LEFT, heading()));
        value.marks().forEach(mark -> svg.append(grid(value, mark)));
        time.marks().stream()
                .filter(mark -> mark <= minutes)
                .forEach(mark -> svg.append(format(
                        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                        x(mark), HEIGHT - BOTTOM + 14, time.text(mark))));
        svg.append(format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">minutes</text>%n",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 28));
        if (fullAfter < minutes) {
            svg.append(format(
                    "<line class=\"full\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>%n",
                    x(fullAfter), TOP, HEIGHT - BOTTOM));
        }
        int number = 0;
        for (Map.Entry<String, List<Point>> line : lines.entrySet()) {
            svg.append(line(line.getKey(), line.getValue(), value, number++));
        }
        return svg.append("</g>\n").toString();
    }

    private String heading() {
        return escaped(unit.isEmpty() ? title : title + ", " + unit);
    }

    private String grid(Axis axis, double mark) {
        double y = y(axis, mark);
        return format(
                "<line class=\"grid\" x1=\"%1$d\" x2=\"%2$d\" y1=\"%3$.1f\" y2=\"%3$.1f\"/>"
                        + "<text x=\"%4$d\" y=\"%5$.1f\" text-anchor=\"end\">%6$s</text>%n",
                LEFT, WIDTH - RIGHT, y, LEFT - 6, y + 4, axis.text(mark));
    }

    private String line(String name, List<Point> points, Axis axis, int number) {
        String color = COLORS.get(number % COLORS.size());
        String places = points.stream()
                .map(point -> format("%.1f,%.1f", x(point.minute()), y(axis, point.value())))
                .collect(Collectors.joining(" "));
        String legend = lines.size() == 1
                ? ""
                : format(
                        "<text x=\"%d\" y=\"%d\" style=\"fill:%s\">%s</text>%n",
                        LEFT + 8, TOP + 12 + 13 * number, color, escaped(name));
        return format("<polyline style=\"stroke:%s\" points=\"%s\"/>%n", color, places) + legend;
    }

    private double x(double minute) {
        return LEFT + Math.min(minute, minutes) / minutes * (WIDTH - LEFT - RIGHT);
    }

    private static double y(Axis axis, double value) {
        return HEIGHT - BOTTOM - value / axis.end() * (HEIGHT - TOP - BOTTOM);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
