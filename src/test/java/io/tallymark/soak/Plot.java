package io.tallymark.soak;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All panels as one SVG, on a ground of its own: it looks the same on a light page and on a dark one. */
final class Plot {
    private static final List<Series> ALONE = List.of(
            Series.RATE,
            Series.UNREAD,
            Series.TASK_HEAP,
            Series.TASK_MEMORY,
            Series.JOB_HEAP,
            Series.JOB_MEMORY,
            Series.STATE,
            Series.CHECKPOINT,
            Series.IDS,
            Series.OPEN_HOURS);
    private static final List<String> TABLES = List.of("usage_hourly", "ledger_entry", "stripe_report");
    private static final int COLUMNS = 2;
    private static final int MARGIN = 10;
    private static final String FRAME = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img" aria-label="Readings over the run">
            <style>
            text { font: 11px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #57606a }
            .title { font-size: 13px; font-weight: 600; fill: #1f2328 }
            .grid { stroke: #d8dee4; stroke-width: 1 }
            .full { stroke: #8c959f; stroke-width: 1; stroke-dasharray: 4 3 }
            polyline { fill: none; stroke-width: 1.5; stroke-linejoin: round }
            </style>
            <rect width="%1$d" height="%2$d" rx="8" style="fill:#ffffff;stroke:#d0d7de"/>
            %3$s</svg>
            """;

    private Plot() {}

    static String svg(SoakPlan plan, Recording recording) {
        List<Panel> panels = new ArrayList<>();
        for (Series series : ALONE) {
            panels.add(panel(plan, series.name(), series.unit(), Map.of(series.name(), recording.points(series))));
        }
        Map<String, List<Point>> rows = new LinkedHashMap<>();
        Map<String, List<Point>> bytes = new LinkedHashMap<>();
        for (String table : TABLES) {
            rows.put(table, recording.points(Series.rows(table)));
            bytes.put(table, recording.points(Series.bytesPerRow(table)));
        }
        panels.add(panel(plan, "rows", "", rows));
        panels.add(panel(plan, "bytes per row, with indexes", "B", bytes));
        return svg(panels);
    }

    private static Panel panel(SoakPlan plan, String title, String unit, Map<String, List<Point>> lines) {
        return new Panel(title, unit, lines, plan.minutes(), plan.fullAfterMinutes());
    }

    private static String svg(List<Panel> panels) {
        StringBuilder groups = new StringBuilder();
        for (int number = 0; number < panels.size(); number++) {
            groups.append(panels.get(number)
                    .svg(MARGIN + number % COLUMNS * Panel.WIDTH, MARGIN + number / COLUMNS * Panel.HEIGHT));
        }
        int rows = (panels.size() + COLUMNS - 1) / COLUMNS;
        return FRAME.formatted(2 * MARGIN + COLUMNS * Panel.WIDTH, 2 * MARGIN + rows * Panel.HEIGHT, groups);
    }
}
