package io.tallymark.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules, their tests and the runbook speak of the same alerts, and each alert fires when it should. */
class AlertsTest {
    private static final Pattern ALERT = Pattern.compile("alertname=\"(\\w+)\"");
    private static final Pattern ENTRY = Pattern.compile("(?m)^## (Tallymark\\w+)$");

    @ParameterizedTest
    @CsvSource({"check rules alerts.yml", "check config prometheus.yml", "test rules alerts-test.yml"})
    void promtoolAgrees(String arguments) throws Exception {
        Promtool.Answer answer = Promtool.find().run(arguments.split(" "));

        assertThat(answer.exitCode()).as(answer.output()).isZero();
    }

    @Test
    void everyAlertFiresInOneCaseAndIsSilentInAnother() throws IOException {
        Set<String> firing = new TreeSet<>();
        Set<String> silent = new TreeSet<>();
        for (JsonNode test : AlertRules.yaml("alerts-test.yml").path("tests")) {
            for (JsonNode expected : test.path("promql_expr_test")) {
                (expected.path("exp_samples").isEmpty() ? silent : firing)
                        .add(alert(expected.path("expr").asText()));
            }
        }

        assertThat(firing).as("that fire").isEqualTo(names());
        assertThat(silent).as("that are silent").isEqualTo(names());
    }

    @Test
    void runbookHasAnEntryForEveryAlertAndForNoOther() throws IOException {
        String runbook = Files.readString(Path.of("docs/runbook.md"));
        Set<String> entries = new TreeSet<>();
        ENTRY.matcher(runbook).results().forEach(entry -> entries.add(entry.group(1)));

        assertThat(entries).isEqualTo(names());
    }

    @Test
    void everyAlertSaysHowBadItIsAndWhatToDo() throws IOException {
        List<AlertRules.Rule> rules = AlertRules.read();

        assertThat(rules).hasSizeGreaterThan(20);
        assertThat(rules).allSatisfy(rule -> {
            assertThat(rule.severity()).isIn("critical", "warning");
            assertThat(rule.summary()).isNotBlank();
            assertThat(rule.runbook())
                    .isEqualTo("docs/runbook.md#" + rule.alert().toLowerCase(Locale.ROOT));
        });
    }

    private static Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        AlertRules.read().forEach(rule -> names.add(rule.alert()));
        return names;
    }

    private static String alert(String expression) {
        Matcher matcher = ALERT.matcher(expression);
        assertThat(matcher.find()).as(expression).isTrue();
        return matcher.group(1);
    }
}
