package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetersAndCustomersTest {
    private StripeSimulator simulator;
    private Caller caller;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, new SettableClock(Instant.parse("2026-11-22T10:00:00Z")));
        caller = new Caller(simulator);
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void aMeterIsCreatedWithStripesDefaults() {
        Caller.Reply meter = caller.get("/v1/billing/meters/" + caller.createMeter("tokens", "sum"));

        assertThat(meter.text("object")).isEqualTo("billing.meter");
        assertThat(meter.text("status")).isEqualTo("active");
        assertThat(meter.body().path("event_time_window").isNull()).isTrue();
        assertThat(meter.body()
                        .path("customer_mapping")
                        .path("event_payload_key")
                        .asText())
                .isEqualTo("stripe_customer_id");
        assertThat(meter.body().path("value_settings").path("event_payload_key").asText())
                .isEqualTo("value");
    }

    @Test
    void anEventNameBelongsToOneActiveMeter() {
        String first = caller.createMeter("tokens", "sum");
        assertThat(createTokens().status()).isEqualTo(400);

        caller.post("/v1/billing/meters/" + first + "/deactivate");
        assertThat(createTokens().status()).isEqualTo(200);
        assertThat(caller.post("/v1/billing/meters/" + first + "/reactivate").error("param"))
                .isEqualTo("event_name");
    }

    @Test
    void aMeterChangesInNothingButItsName() {
        String path = "/v1/billing/meters/" + caller.createMeter("tokens", "sum");

        assertThat(caller.post(path, "display_name", "Tokens used").text("display_name"))
                .isEqualTo("Tokens used");
        assertThat(caller.post(path, "event_name", "other").error("code")).isEqualTo("parameter_unknown");
    }

    @Test
    void aMeterNeedsAFormulaThatStripeHas() {
        assertThat(caller.post("/v1/billing/meters", "event_name", "a", "display_name", "A")
                        .error("param"))
                .isEqualTo("default_aggregation[formula]");
        assertThat(caller.post(
                                "/v1/billing/meters",
                                "event_name",
                                "a",
                                "display_name",
                                "A",
                                "default_aggregation[formula]",
                                "max")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void metersAreListedByStatusNewestFirst() {
        String first = caller.createMeter("a", "sum");
        String second = caller.createMeter("b", "sum");
        String third = caller.createMeter("c", "sum");
        caller.post("/v1/billing/meters/" + second + "/deactivate");

        assertThat(caller.get("/v1/billing/meters").body().findValuesAsText("id"))
                .containsExactly(third, second, first);
        assertThat(caller.get("/v1/billing/meters", "status", "active").body().findValuesAsText("id"))
                .containsExactly(third, first);
        assertThat(caller.get("/v1/billing/meters", "limit", "1", "starting_after", third)
                        .body()
                        .findValuesAsText("id"))
                .containsExactly(second);
    }

    @Test
    void aCustomerIsCreatedReadListedAndDeleted() {
        String id = caller.post("/v1/customers", "name", "Äcme", "metadata[plan]", "pro")
                .text("id");

        Caller.Reply customer = caller.get("/v1/customers/" + id);
        assertThat(id).startsWith("cus_");
        assertThat(customer.text("name")).isEqualTo("Äcme");
        assertThat(customer.body().path("metadata").path("plan").asText()).isEqualTo("pro");
        assertThat(caller.get("/v1/customers").body().findValuesAsText("id")).containsExactly(id);

        caller.delete("/v1/customers/" + id);
        assertThat(caller.get("/v1/customers").body().findValuesAsText("id")).isEmpty();
        assertThat(caller.get("/v1/customers/" + id).body().path("deleted").asBoolean())
                .isTrue();
        assertThat(caller.delete("/v1/customers/" + id).status()).isEqualTo(404);
    }

    private Caller.Reply createTokens() {
        return caller.post(
                "/v1/billing/meters",
                "event_name",
                "tokens",
                "display_name",
                "Again",
                "default_aggregation[formula]",
                "sum");
    }
}
