package io.tallymark.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.proof.LogCapture;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What alerts and dashboard ask for exists in a scrape of the real job, and says what happened. */
class MetricsIT {
    private static final String STAGES = "flink_taskmanager_job_task_operator_";
    /** A reading of the database is at most 15 s old. */
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    private static LogCapture log;
    private static ScrapedJob job;

    @BeforeAll
    static void start() throws Exception {
        log = LogCapture.everything();
        job = ScrapedJob.start();
        job.traffic();
    }

    @AfterAll
    static void stop() {
        job.close();
        log.close();
    }

    @Test
    void figuresSayWhatHappened() {
        Map<String, Double> expected = new TreeMap<>();
        expected.put("read{}", 5.0);
        expected.put("outcome_records{outcome=\"COUNTED\"}", 3.0);
        expected.put("outcome_records{outcome=\"DUPLICATE\"}", 1.0);
        expected.put("outcome_records{outcome=\"DEAD_LETTERED\"}", 1.0);
        expected.put("reason_deadLetters{reason=\"UNREADABLE\"}", 1.0);
        expected.put("rememberedIds{}", 3.0);
        expected.put("openHours{}", 1.0);
        expected.put("closedHours{}", 2.0);
        expected.put("pendingRecords{}", 0.0);
        expected.put("unbalancedRows{}", 0.0);
        expected.put("outcome_stripeCalls{outcome=\"accepted\"}", 1.0);
        expected.put("pressure_stripeReplies{pressure=\"none\"}", 1.0);
        expected.put("metric_unreportedQuantity{metric=\"api_requests\"}", 1.0);
        expected.put("metric_unreportedHours{metric=\"api_requests\"}", 1.0);
        expected.put("unmappedHours{}", 1.0);
        expected.put("undecidedHours{}", 0.0);
        expected.put("kind_openFindings{kind=\"lost\"}", 0.0);

        Awaitility.await()
                .atMost(DEADLINE)
                .untilAsserted(() -> assertThat(figures(expected)).isEqualTo(expected));
    }

    @Test
    void theLogHasOneLineForWhatWasNotCounted() {
        Awaitility.await()
                .atMost(DEADLINE)
                .untilAsserted(() -> assertThat(log.lines("Records were not counted"))
                        .singleElement()
                        .asString()
                        .contains(
                                "WARN",
                                "topic=usage-events dead_letters=1 reasons=\"UNREADABLE=1\" conflicts=0 uncovered=0"));
    }

    @Test
    void everyMetricAndLabelThatAlertsAskForExists() {
        awaitAll(() ->
                AlertRules.read().stream().map(AlertRules.Rule::expression).toList());
    }

    @Test
    void everyMetricAndLabelThatTheDashboardAsksForExists() {
        awaitAll(() -> Dashboard.read().stream()
                .flatMap(panel -> panel.expressions().stream())
                .toList());
    }

    private interface Expressions {
        List<String> read() throws IOException;
    }

    private static void awaitAll(Expressions expressions) {
        Awaitility.await().atMost(DEADLINE).untilAsserted(() -> {
            Scrape scrape = job.scrape();
            List<String> missing = new ArrayList<>();
            for (String text : expressions.read()) {
                Expression expression = Expression.parse(text);
                if (!text.contains("up{")) {
                    assertThat(expression.selectors()).as(text).isNotEmpty();
                }
                missing.addAll(expression.missingIn(scrape));
            }
            assertThat(missing).isEmpty();
        });
    }

    /** Summed over subtasks. */
    private static Map<String, Double> figures(Map<String, Double> expected) throws Exception {
        Scrape scrape = job.scrape();
        Map<String, Double> figures = new TreeMap<>();
        for (String selector : expected.keySet()) {
            figures.put(
                    selector,
                    Expression.parse(STAGES + selector).selectors().get(0).in(scrape).stream()
                            .mapToDouble(Scrape.Sample::value)
                            .sum());
        }
        return figures;
    }
}
