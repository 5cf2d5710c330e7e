package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.simulator.call.LoggedRequest;
import io.tallymark.usage.UserError;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripeSimulatorTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private StripeSimulator simulator;
    private Caller caller;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, new SettableClock(NOW));
        caller = new Caller(simulator);
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void everyReplyHasARequestIdAndEchoesTheVersion() {
        Caller.Reply reply = caller.send(caller.to("/v1/billing/meters").header("Stripe-Version", "2025-02-24.acacia"));

        assertThat(reply.header("Request-Id")).startsWith("req_");
        assertThat(reply.header("Stripe-Version")).isEqualTo("2025-02-24.acacia");
        assertThat(caller.get("/v1/nothing").header("Request-Id"))
                .startsWith("req_")
                .isNotEqualTo(reply.header("Request-Id"));
    }

    @Test
    void aTestKeyPassesAsBearerAndAsBasicUser() {
        String basic = Base64.getEncoder().encodeToString("sk_test_1:".getBytes(StandardCharsets.UTF_8));

        assertThat(withAuthorization("Basic " + basic).status()).isEqualTo(200);
        assertThat(withAuthorization("Bearer rk_test_1").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Bearer sk_live_1", "Bearer pk_test_1", "Bearer", "Basic !!!", "Basic OnNr", "Digest sk_test_1"})
    void anythingElseIsUnauthorized(String authorization) {
        Caller.Reply reply = withAuthorization(authorization);

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.error("type")).isEqualTo("invalid_request_error");
    }

    @Test
    void aRefusedKeyIsMasked() {
        assertThat(withAuthorization("Bearer sk_live_12345678").error("message"))
                .isEqualTo("Invalid API Key provided: ************5678");
    }

    @Test
    void aCallWithoutAKeyIsUnauthorized() {
        HttpRequest.Builder bare = HttpRequest.newBuilder(simulator.apiBase().resolve("/v1/customers"));

        assertThat(caller.send(bare).error("message")).startsWith("You did not provide an API key.");
    }

    @Test
    void anUnknownPathAndAWrongMethodAreToldApart() {
        assertThat(caller.get("/v1/charges").status()).isEqualTo(404);
        assertThat(caller.get("/v1/charges").error("message"))
                .startsWith("Unrecognized request URL (GET: /v1/charges).");
        assertThat(caller.get("/v1/billing/meter_events").status()).isEqualTo(405);
        assertThat(caller.delete("/v1/billing/meters").error("type")).isEqualTo("invalid_request_error");
    }

    @Test
    void aBodyIsBoundedAndMustBeAForm() {
        String form = "application/x-www-form-urlencoded";

        assertThat(post(form, "name=" + "x".repeat(70_000)).status()).isEqualTo(413);
        assertThat(post("application/json", "{}").status()).isEqualTo(400);
        assertThat(post(form, "name=%zz").error("message")).contains("percent-encoding");
        assertThat(post(form, "name=a+b%20c").text("name")).isEqualTo("a b c");
    }

    @Test
    void theLogSaysWhatReallyArrived() {
        caller.post("/v1/customers", "name", "Acme");
        Caller.Reply refused = caller.post("/v1/customers", "nome", "Acme");

        assertThat(simulator.requestCount()).isEqualTo(2);
        assertThat(simulator.requests().get(1))
                .isEqualTo(new LoggedRequest(
                        "POST",
                        "/v1/customers",
                        Map.of("nome", "Acme"),
                        "",
                        "",
                        400,
                        "",
                        refused.header("Request-Id"),
                        NOW));
    }

    @Test
    void aTakenPortIsTheUsersToMend() {
        int port = simulator.apiBase().getPort();

        assertThatThrownBy(() -> StripeSimulator.start(port, new SettableClock(NOW)))
                .isInstanceOfSatisfying(UserError.class, e -> {
                    assertThat(e).hasMessageStartingWith("cannot listen on 127.0.0.1 port " + port);
                    assertThat(e.remedy()).contains("another port");
                });
    }

    @Test
    void aPortIsFreeAgainAfterClosing() {
        URI base = simulator.apiBase();
        caller.get("/v1/customers");
        simulator.close();

        simulator = StripeSimulator.start(base.getPort(), new SettableClock(NOW));
        assertThat(new Caller(simulator).get("/v1/customers").status()).isEqualTo(200);
    }

    @Test
    void concurrentCallersLoseNothing() {
        String meter = caller.createMeter("tokens", "sum");
        String[] customers =
                IntStream.range(0, 8).mapToObj(i -> caller.createCustomer()).toArray(String[]::new);

        long accepted = IntStream.range(0, 400)
                .parallel()
                .filter(i -> caller.event("tokens", customers[i % 8], "1", NOW.getEpochSecond(), "id-" + i)
                                .status()
                        == 200)
                .count();

        assertThat(IntStream.range(0, 8)
                        .mapToLong(i -> total(meter, customers[i]))
                        .sum())
                .isEqualTo(accepted);
    }

    @Test
    void aLayerMayStandBetweenAuthenticationAndTheEndpoints() {
        try (StripeSimulator broken = StripeSimulator.start(0, new SettableClock(NOW), next -> request -> {
            throw new IllegalStateException("scripted");
        })) {
            Caller.Reply reply = new Caller(broken).get("/v1/customers");

            assertThat(reply.status()).isEqualTo(500);
            assertThat(reply.error("type")).isEqualTo("api_error");
        }
    }

    private long total(String meter, String customer) {
        long minute = NOW.getEpochSecond();
        return caller.get(
                        "/v1/billing/meters/" + meter + "/event_summaries",
                        "customer",
                        customer,
                        "start_time",
                        Long.toString(minute),
                        "end_time",
                        Long.toString(minute + 60))
                .body()
                .path("data")
                .path(0)
                .path("aggregated_value")
                .asLong();
    }

    private Caller.Reply withAuthorization(String value) {
        return caller.send(caller.to("/v1/customers").setHeader("Authorization", value));
    }

    private Caller.Reply post(String contentType, String body) {
        return caller.send(
                caller.to("/v1/customers").header("Content-Type", contentType).POST(BodyPublishers.ofString(body)));
    }
}
