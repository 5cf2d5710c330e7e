package io.tallymark.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The panels of the Grafana dashboard, rows left out. */
final class Dashboard {
    private Dashboard() {}

    record Panel(int id, String title, String unit, List<String> expressions) {}

    static List<Panel> read() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(AlertRules.DIRECTORY
                        .resolve("grafana/dashboards/tallymark.json")
                        .toFile());
        List<Panel> panels = new ArrayList<>();
        for (JsonNode panel : dashboard.path("panels")) {
            if (!panel.path("type").asText().equals("row")) {
                panels.add(panel(panel));
            }
        }
        return panels;
    }

    private static Panel panel(JsonNode panel) {
        List<String> expressions = new ArrayList<>();
        panel.path("targets")
                .forEach(target -> expressions.add(target.path("expr").asText()));
        return new Panel(
                panel.path("id").asInt(),
                panel.path("title").asText(),
                panel.path("fieldConfig").path("defaults").path("unit").asText(),
                expressions);
    }
}
