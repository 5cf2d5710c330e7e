package io.tallymark.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Explains what the real job counted. The tests that change the table come last. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExplainIT {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final String CUSTOMER = "cust-1\u001b[2J";

    private static MeteringRig rig;
    private static Path config;

    @BeforeAll
    static void meterAnHour() throws Exception {
        rig = new MeteringRig(Map.of());
        config = rig.config("tallymark.yaml", ", trust-create-time: true", """
                {metric: tokens, event-type: api.request, aggregation: sum, value: data.tokens, dimensions: [data.model]},
                {metric: peak, event-type: api.request, aggregation: max, value: data.tokens},
                {metric: newest, event-type: api.request, aggregation: last, value: data.tokens}""");
        rig.start(config);
        rig.send(0, at(-60), event("early", CUSTOMER, NOON, "m1", "1"));
        rig.send(0, at(10), event("a", CUSTOMER, NOON.plusSeconds(5), "m1", "7.5"));
        rig.send(1, at(20), event("b", CUSTOMER, NOON.plusSeconds(15), "m2", "4"));
        rig.send(1, at(30), event("c", CUSTOMER, NOON.plusSeconds(25), "m1", "2"));
        rig.send(1, at(40), event("c", CUSTOMER, NOON.plusSeconds(25), "m1", "2"));
        rig.send(1, at(50), event("c", CUSTOMER, NOON.plusSeconds(26), "m1", "9"));
        rig.send(0, at(60), event("other", "cust-2", NOON.plusSeconds(26), "m1", "9"));
        rig.send(1, at(3500), event("b", CUSTOMER, NOON.plusSeconds(3600), "m2", "4"));
        for (int partition = 0; partition < 2; partition++) {
            rig.send(partition, at(7200), event("next-" + partition, CUSTOMER, NOON.plusSeconds(7200), "m1", "1"));
        }
        await().atMost(60, SECONDS)
                .untilAsserted(() -> assertThat(
                                rig.query("SELECT count(*) FROM usage_hourly WHERE closed AND metric = 'tokens'"))
                        .containsExactly("3"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    @Order(1)
    void rowLedgerAndEventsAreShownAndAddUp() {
        CommandRun explain = explain("tokens", CUSTOMER, "2026-03-01T12:00Z");

        assertThat(explain.exitCode()).isZero();
        assertThat(explain.out())
                .contains("{\"model\": \"m1\"}  quantity 10.5  events 3", "{\"model\": \"m2\"}  quantity 4  events 1")
                .contains("revision 1  closed")
                .contains("from_account metered  to_account unreported", "cause closed total changed")
                .contains("stripe_report: none")
                .containsPattern("usage-events-0@0  counted  quantity 1 .*id early")
                .containsPattern("usage-events-1@2  duplicate  quantity 2 .*id c")
                .containsPattern("usage-events-1@3  conflict  quantity 9 .*id c")
                .contains("the events add up to the table")
                .doesNotContain("id other", "next-0", "\u001b");
    }

    @Test
    @Order(1)
    void maximumAndLastValueAddUpToo() {
        assertThat(explain("peak", CUSTOMER, "2026-03-01T12").out()).contains("quantity 7.5", "add up to the table");
        assertThat(explain("newest", CUSTOMER, "2026-03-01T12").out()).contains("quantity 2 ", "add up to the table");
    }

    @Test
    @Order(1)
    void idUsedInAnEarlierHourIsFoundThere() {
        CommandRun explain = explain("tokens", CUSTOMER, "2026-03-01T13:00:00Z");

        assertThat(explain.exitCode()).isZero();
        assertThat(explain.out())
                .contains("usage_hourly: none")
                .containsPattern("usage-events-1@4  conflict  quantity 4 .*id b")
                .containsPattern("usage-events-1@0  counted .*id b .*another hour")
                .contains("add up to the table");
    }

    @Test
    @Order(1)
    void nothingIsExplainedAsNothing() {
        CommandRun explain = explain("tokens", "nobody", "2026-03-01T12:00Z");

        assertThat(explain.exitCode()).isZero();
        assertThat(explain.out()).contains("usage_hourly: none", "events: none");
    }

    @Test
    @Order(1)
    void jsonHoldsTheSame() throws Exception {
        CommandRun explain = explain("tokens", CUSTOMER, "2026-03-01T12:00Z", "--json");

        JsonNode json = new ObjectMapper().readTree(explain.out());
        assertThat(json.get("verdict").asText()).isEqualTo("adds-up");
        assertThat(json.get("customer").asText()).isEqualTo(CUSTOMER);
        assertThat(json.get("rows")).hasSize(2);
        assertThat(json.get("postings")).isNotEmpty();
        assertThat(json.get("events")).hasSize(6);
        assertThat(json.get("events").get(0).get("in_row").asBoolean()).isTrue();
        assertThat(explain.out()).doesNotContain("\u001b");
    }

    @Test
    @Order(1)
    void mistakesAreNamed() {
        assertMistake(explain("token", "c", "2026-03-01T12:00Z"), "no meter is named token", "tokens");
        assertMistake(explain("tokens", "c", "2026-03-01T12:30Z"), "not on the hour", "2026-03-01T12:00:00Z");
        assertMistake(explain("tokens", "c", "noon"), "'noon'", "2026-03-01T13");
    }

    @Test
    @Order(2)
    void tamperedRowDoesNotAddUp() throws Exception {
        rig.update(
                "UPDATE usage_hourly SET quantity = quantity + 1 WHERE metric = 'tokens' AND dimensions->>'model' = 'm2'"
                        + " AND period_start = '2026-03-01T12:00Z'");

        CommandRun explain = explain("tokens", CUSTOMER, "2026-03-01T12:00Z");

        assertThat(explain.exitCode()).isOne();
        assertThat(explain.out())
                .contains("the row says quantity 5, events 1", "the events make quantity 4, events 1")
                .contains("THE EVENTS DO NOT ADD UP");
    }

    @Test
    @Order(3)
    void goneRecordsMakeTheListIncompleteAndNotTheTableWrong() throws Exception {
        rig.truncate("usage-events", Map.of(1, 2L));

        CommandRun explain = explain("tokens", CUSTOMER, "2026-03-01T12:00Z");

        assertThat(explain.exitCode()).isZero();
        assertThat(explain.out())
                .contains(
                        "the list of events is incomplete",
                        "usage-events-1 begins at offset 2",
                        "part of the topic is gone");
    }

    private static CommandRun explain(String metric, String customer, String hour, String... more) {
        return CommandRun.of(Stream.concat(
                        Stream.of(
                                "explain",
                                "--config",
                                config.toString(),
                                "--metric",
                                metric,
                                "--customer",
                                customer,
                                "--hour",
                                hour),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private static long at(int seconds) {
        return NOON.plusSeconds(seconds).toEpochMilli();
    }

    private static String event(String id, String customer, Instant time, String model, String tokens)
            throws Exception {
        return new ObjectMapper()
                .writeValueAsString(Map.of(
                        "id",
                        id,
                        "source",
                        "test",
                        "type",
                        "api.request",
                        "subject",
                        customer,
                        "time",
                        time.toString(),
                        "data",
                        Map.of("model", model, "tokens", tokens)));
    }

    private static void assertMistake(CommandRun run, String... parts) {
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("error: ", "to mend it: ")
                .contains(parts)
                .doesNotContain("\tat ");
    }
}
