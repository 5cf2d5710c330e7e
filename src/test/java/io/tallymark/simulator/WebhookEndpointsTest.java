package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookEndpointsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String URL = "http://127.0.0.1:9/hook";

    private final SettableClock clock = new SettableClock(NOW);
    private StripeSimulator simulator;
    private Caller caller;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, clock);
        caller = new Caller(simulator);
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void theSecretIsToldOnceAndOnlyToItsCreator() {
        Caller.Reply created = create("invoice.created");
        String path = "/v1/webhook_endpoints/" + created.text("id");

        assertThat(created.text("secret")).startsWith("whsec_");
        assertThat(caller.get(path).body().has("secret")).isFalse();
        assertThat(caller.post(path, "description", "ours").body().has("secret"))
                .isFalse();
        assertThat(caller.get("/v1/webhook_endpoints").body().at("/data/0").has("secret"))
                .isFalse();
    }

    @Test
    void anUpdateChangesWhatItNamesAndNothingElse() {
        String path = "/v1/webhook_endpoints/" + create("invoice.created").text("id");

        Caller.Reply updated =
                caller.post(path, "disabled", "true", "metadata[team]", "billing", "description", "ours");

        assertThat(updated.text("status")).isEqualTo("disabled");
        assertThat(updated.text("url")).isEqualTo(URL);
        assertThat(updated.text("description")).isEqualTo("ours");
        assertThat(updated.body().at("/enabled_events/0").asText()).isEqualTo("invoice.created");
        assertThat(updated.body().at("/metadata/team").asText()).isEqualTo("billing");
        assertThat(caller.post(path, "disabled", "false", "description", "")
                        .body()
                        .path("description")
                        .isNull())
                .isTrue();
        assertThat(caller.get(path).text("status")).isEqualTo("enabled");
    }

    @Test
    void aDeletedEndpointIsGone() {
        String path = "/v1/webhook_endpoints/" + create("*").text("id");

        assertThat(caller.delete(path).body().path("deleted").asBoolean()).isTrue();
        assertThat(caller.get(path).status()).isEqualTo(404);
        assertThat(caller.get("/v1/webhook_endpoints").body().path("data")).isEmpty();
    }

    @Test
    void theSeventeenthIsRefused() {
        for (int i = 0; i < 16; i++) {
            assertThat(create("*").status()).isEqualTo(200);
        }

        assertThat(create("*").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://a.example/", "/hook", "http://", "http://u:p@a.example/", "http://a.example:99999/", "a b"
            })
    void aUrlThatCannotBePostedToIsRefused(String url) {
        Caller.Reply reply = caller.post("/v1/webhook_endpoints", "url", url, "enabled_events[]", "*");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error("param")).isEqualTo("url");
    }

    @Test
    void anEndpointWithoutEventsOrWithNoTypeIsRefused() {
        assertThat(caller.post("/v1/webhook_endpoints", "url", URL).error("param"))
                .isEqualTo("enabled_events");
        assertThat(create("everything").error("param")).isEqualTo("enabled_events");
    }

    @ParameterizedTest
    @CsvSource({
        "type, invoice.paid, 1",
        "type, invoice.*, 2",
        "types[], customer.created, 1",
        "created[gte], 1795341601, 2",
        "created[lt], 1795341601, 1",
        "created, 1795341600, 1",
        "delivery_success, true, 3",
        "limit, 2, 2"
    })
    void eventsAreListedByFilter(String name, String value, int expected) {
        assertThat(NOW.getEpochSecond()).isEqualTo(1_795_341_600L);
        threeEvents();

        assertThat(caller.get("/v1/events", name, value).body().path("data")).hasSize(expected);
    }

    @Test
    void eventsAreSnapshotsNewestFirst() {
        List<String> ids = threeEvents();

        JsonNode list = caller.get("/v1/events").body();

        assertThat(list.path("data"))
                .extracting(event -> event.path("id").asText())
                .containsExactly(ids.get(2), ids.get(1), ids.get(0));
        assertThat(caller.get("/v1/events/" + ids.get(0)).body()).isEqualTo(list.at("/data/2"));
        assertThat(list.at("/data/2/data/object/id").asText()).isEqualTo("in_1");
        assertThat(list.at("/data/2/object").asText()).isEqualTo("event");
        assertThat(list.at("/data/2/request").has("idempotency_key")).isTrue();
    }

    @Test
    void eventsOlderThanThirtyDaysAreGone() {
        List<String> ids = threeEvents();

        clock.advance(Duration.ofDays(30));

        assertThat(caller.get("/v1/events").body().path("data")).hasSize(1);
        assertThat(caller.get("/v1/events/" + ids.get(0)).status()).isEqualTo(404);
    }

    private List<String> threeEvents() {
        ObjectNode invoice = JsonNodeFactory.instance.objectNode().put("id", "in_1");
        String created =
                simulator.emit("invoice.created", invoice, clock.instant()).id();
        invoice.put("id", "changed afterwards");
        clock.advance(Duration.ofSeconds(1));
        String paid = simulator.emit("invoice.paid", invoice, clock.instant()).id();
        clock.advance(Duration.ofSeconds(1));
        return List.of(
                created,
                paid,
                simulator.emit("customer.created", invoice, clock.instant()).id());
    }

    private Caller.Reply create(String type) {
        return caller.post("/v1/webhook_endpoints", "url", URL, "enabled_events[]", type);
    }
}
