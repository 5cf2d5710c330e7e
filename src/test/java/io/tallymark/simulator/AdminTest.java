package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

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
    void thePageShowsWhatTheSimulatorHolds() {
        String meter = caller.createMeter("tokens", "sum", "event_time_window", "hour");
        String customer = caller.createCustomer();
        caller.event("tokens", customer, "12.5", NOW.getEpochSecond(), "first");
        caller.event("tokens", "cus_nobody", "1", NOW.getEpochSecond(), "second");
        String item = simulator.createLegacyItem(customer, NOW);

        HttpResponse<String> page = page();

        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page.body())
                .contains(meter, customer, "12.5", "meter_event_customer_not_found", item, "first", NOW.toString());
        assertThat(simulator.requestCount()).isEqualTo(4);
    }

    @Test
    void thePageIsAtTheRootTooAndNeedsNoKey() {
        HttpRequest.Builder root = HttpRequest.newBuilder(simulator.apiBase().resolve("/"));

        assertThat(caller.text(root).body()).isEqualTo(page().body());
    }

    @Test
    void textIsEscapedAndKeysAreMasked() {
        caller.post("/v1/customers", "name", "<script>alert('1')</script>", "description", "sk_test_abc123");

        assertThat(page().body())
                .contains("&lt;script&gt;alert(&#39;1&#39;)", "sk_test_…")
                .doesNotContain("<script", "sk_test_abc123", "sk_test_caller");
    }

    @Test
    void faultsAreScriptedFromOutside() {
        assertThat(caller.post("/_simulator/faults", "next", "SERVER_ERROR_BEFORE, CONFLICT_409", "latency", "1ms")
                        .body()
                        .path("waiting")
                        .asInt())
                .isEqualTo(2);
        assertThat(caller.get("/v1/customers").status()).isEqualTo(500);
        assertThat(caller.get("/v1/customers").status()).isEqualTo(409);

        caller.post("/_simulator/faults?outage=on");
        assertThat(caller.get("/v1/customers").status()).isEqualTo(503);
        caller.post("/_simulator/faults?outage=off");
        assertThat(caller.get("/v1/customers").status()).isEqualTo(200);
        assertThat(caller.post("/_simulator/faults?next=EARTHQUAKE").error("param"))
                .isEqualTo("next");
    }

    @ParameterizedTest
    @CsvSource({"30h, PT30H", "10m, PT10M", "5s, PT5S", "2d, PT48H", "PT1H30M, PT90M", "250ms, PT0.25S", "-1h, PT-1H"})
    void theClockIsMovedFromOutside(String advance, Duration step) {
        caller.post("/_simulator/clock", "advance", advance);

        assertThat(clock.instant()).isEqualTo(NOW.plus(step));
    }

    @Test
    void theClockIsSetFromOutside() {
        caller.post("/_simulator/clock", "to", "2026-12-01T00:00:30Z");

        assertThat(clock.instant()).isEqualTo("2026-12-01T00:00:30Z");
        assertThat(caller.post("/_simulator/clock", "to", "December").error("param"))
                .isEqualTo("to");
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "5", "5w", ""})
    void anythingElseIsNoDuration(String advance) {
        assertThat(caller.post("/_simulator/clock", "advance", advance).error("param"))
                .isEqualTo("advance");
    }

    @Test
    void theRealTimeCannotBeMoved() {
        try (StripeSimulator real = StripeSimulator.start(0, InstantSource.system())) {
            assertThat(new Caller(real)
                            .post("/_simulator/clock", "advance", "1h")
                            .error("message"))
                    .contains("--movable-clock");
        }
    }

    @Test
    void aMovingClockGoesOnByItselfToo() {
        MovingClock moving = new MovingClock(clock);
        moving.advance(Duration.ofHours(1));
        clock.advance(Duration.ofMinutes(1));

        assertThat(moving.instant()).isEqualTo(NOW.plus(Duration.ofMinutes(61)));
    }

    @Test
    void aLegacyItemIsCreatedFromOutside() {
        String id = caller.post(
                        "/_simulator/legacy_items",
                        "customer",
                        "cus_1",
                        "anchor",
                        NOW.toString(),
                        "aggregate_usage",
                        "last_ever",
                        "billing_thresholds",
                        "true")
                .text("id");

        String path = "/v1/subscription_items/" + id + "/usage_records";
        assertThat(caller.postWith("Stripe-Version", "2025-02-24.acacia", path, "quantity", "3", "action", "set")
                        .error("param"))
                .isEqualTo("action");
        assertThat(page().body()).contains("last_ever");
        assertThat(caller.post("/_simulator/legacy_items", "customer", "cus_1", "anchor", "today")
                        .error("param"))
                .isEqualTo("anchor");
    }

    @Test
    void anOutageLeavesThePageAlone() {
        simulator.faults().outage(true).latency(Duration.ofHours(1));

        assertThat(page().statusCode()).isEqualTo(200);
        assertThat(simulator.adminPage().getPath()).isEqualTo("/_simulator");
    }

    private HttpResponse<String> page() {
        return caller.text(HttpRequest.newBuilder(simulator.adminPage()));
    }
}
