package io.tallymark.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rules of monitoring/alerts.yml. */
final class AlertRules {
    static final Path DIRECTORY = Path.of("monitoring");
    private static final YAMLMapper YAML = new YAMLMapper();

    private AlertRules() {}

    record Rule(String alert, String expression, String severity, String summary, String runbook) {}

    static List<Rule> read() throws IOException {
        List<Rule> rules = new ArrayList<>();
        yaml("alerts.yml")
                .path("groups")
                .forEach(group -> group.path("rules")
                        .forEach(rule -> rules.add(new Rule(
                                rule.path("alert").asText(),
                                rule.path("expr").asText(),
                                rule.path("labels").path("severity").asText(),
                                rule.path("annotations").path("summary").asText(),
                                rule.path("annotations").path("runbook").asText()))));
        return rules;
    }

    static JsonNode yaml(String file) throws IOException {
        return YAML.readTree(DIRECTORY.resolve(file).toFile());
    }
}
