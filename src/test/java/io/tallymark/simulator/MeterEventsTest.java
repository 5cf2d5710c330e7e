package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.metering.ErrorEvent;
import io.tallymark.simulator.metering.MeterEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class MeterEventsTest {
    private static final Instant HOUR = Instant.parse("2026-11-22T10:00:00Z");
    private static final long NOW = HOUR.getEpochSecond();

    private final SettableClock clock = new SettableClock(HOUR);
    private StripeSimulator simulator;
    private Caller caller;
    private String meter;
    private String customer;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, clock);
        caller = new Caller(simulator);
        meter = caller.createMeter("tokens", "sum");
        customer = caller.createCustomer();
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void anEventIsEchoedAndCounts() {
        Caller.Reply reply = caller.event("tokens", customer, "12.5", NOW, "a");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("object")).isEqualTo("billing.meter_event");
        assertThat(reply.text("identifier")).isEqualTo("a");
        assertThat(reply.body().path("payload").path("value").asText()).isEqualTo("12.5");
        assertThat(total()).isEqualTo("12.5");
    }

    @Test
    void aRepeatedIdentifierIsRefusedAsStripeRefusesItAndCountsOnce() {
        caller.event("tokens", customer, "5", NOW, "a");

        Caller.Reply repeat = caller.event("tokens", customer, "5", NOW, "a");

        assertThat(repeat.status()).isEqualTo(400);
        assertThat(repeat.error("type")).isEqualTo("invalid_request_error");
        assertThat(repeat.error("message")).isEqualTo("An event already exists with identifier a.");
        assertThat(repeat.body().path("error").has("code")).isFalse();
        assertThat(repeat.header("Stripe-Should-Retry")).isEqualTo("false");
        assertThat(total()).isEqualTo("5");
    }

    @Test
    void aRepeatWithAnotherValueIsRefusedTooAndTheCorrectionIsLost() {
        caller.event("tokens", customer, "5", NOW, "a");

        assertThat(caller.event("tokens", customer, "6", NOW, "a").status()).isEqualTo(400);
        assertThat(total()).isEqualTo("5");
    }

    @Test
    void anIdentifierCountsAgainOnceItIsADayOld() {
        caller.event("tokens", customer, "5", NOW, "a");
        clock.advance(Duration.ofHours(24).minusSeconds(1));
        assertThat(caller.event("tokens", customer, "5", NOW, "a").status()).isEqualTo(400);

        clock.advance(Duration.ofSeconds(1));
        assertThat(caller.event("tokens", customer, "5", NOW, "a").status()).isEqualTo(200);
        assertThat(total()).isEqualTo("10");
    }

    @Test
    void aRefusedEventDoesNotUseUpItsIdentifier() {
        assertThat(caller.event("tokens", customer, "x", NOW, "a").status()).isEqualTo(400);
        assertThat(caller.event("tokens", customer, "5", NOW, "a").status()).isEqualTo(200);
    }

    @Test
    void anEventOfAnUnknownCustomerIsAnsweredWith200AndDropped() {
        assertThat(caller.event("tokens", "cus_nobody", "5", NOW, "a").status()).isEqualTo(200);

        assertThat(simulator.errorEvents())
                .containsExactly(new ErrorEvent("meter_event_customer_not_found", meter, "a", "cus_nobody", HOUR));
    }

    @Test
    void usageOfADeletedCustomerVanishes() {
        assertThat(caller.delete("/v1/customers/" + customer)
                        .body()
                        .path("deleted")
                        .asBoolean())
                .isTrue();

        assertThat(caller.event("tokens", customer, "5", NOW, "a").status()).isEqualTo(200);
        assertThat(total()).isEqualTo("0");
        assertThat(simulator.errorEvents()).hasSize(1);
    }

    @Test
    void anEventForNoActiveMeterIsRefused() {
        caller.post("/v1/billing/meters/" + meter + "/deactivate");

        Caller.Reply reply = caller.event("tokens", customer, "5", NOW, "a");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error("message")).isEqualTo("No active meter found for event name \"tokens\".");
    }

    @Test
    void aTimestampMayBe35DaysOldAndNoOlder() {
        long oldest = NOW - Duration.ofDays(35).toSeconds();

        assertThat(caller.event("tokens", customer, "1", oldest, "a").status()).isEqualTo(200);
        Caller.Reply tooOld = caller.event("tokens", customer, "1", oldest - 1, "b");
        assertThat(tooOld.status()).isEqualTo(400);
        assertThat(tooOld.error("code")).isEqualTo("timestamp_too_far_in_past");
        assertThat(tooOld.error("param")).isEqualTo("timestamp");
    }

    @Test
    void aTimestampMayBe5MinutesAheadAndNoMore() {
        assertThat(caller.event("tokens", customer, "1", NOW + 300, "a").status())
                .isEqualTo(200);
        assertThat(caller.event("tokens", customer, "1", NOW + 301, "b").error("code"))
                .isEqualTo("timestamp_in_future");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "0.5", "123456789012345", "-12345678901234.5", "000000000000000000001"})
    void aPlainDecimalOfUpTo15DigitsIsTaken(String value) {
        assertThat(caller.event("tokens", customer, value, NOW, "a").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1234567890123456", "0.1234567890123456", "1000000000000000", "1e3", "+1", ".5", "1,5", "NaN"})
    void anythingElseIsNoValue(String value) {
        Caller.Reply reply = caller.event("tokens", customer, value, NOW, "a");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error("param")).isEqualTo("payload[value]");
    }

    @Test
    void aNegativeValueCorrectsTheTotal() {
        caller.event("tokens", customer, "10", NOW, "a");
        caller.event("tokens", customer, "-2.5", NOW, "b");

        assertThat(total()).isEqualTo("7.5");
    }

    @Test
    void identifiersHaveAtMost100Characters() {
        assertThat(caller.event("tokens", customer, "1", NOW, "i".repeat(100)).status())
                .isEqualTo(200);
        assertThat(caller.event("tokens", customer, "1", NOW, "i".repeat(101)).error("param"))
                .isEqualTo("identifier");
    }

    @Test
    void everyMissingParameterIsNamed() {
        assertThat(caller.post(MeterEvents.PATH).error("param")).isEqualTo("event_name");
        assertThat(caller.post(MeterEvents.PATH, "event_name", "tokens").error("param"))
                .isEqualTo("payload[stripe_customer_id]");
        Caller.Reply noValue =
                caller.post(MeterEvents.PATH, "event_name", "tokens", "payload[stripe_customer_id]", customer);
        assertThat(noValue.error("param")).isEqualTo("payload[value]");
        assertThat(noValue.error("code")).isEqualTo("parameter_missing");
    }

    @Test
    void anUnknownParameterIsRefused() {
        Caller.Reply reply = caller.post(MeterEvents.PATH, "event_name", "tokens", "idempotency", "x");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error("code")).isEqualTo("parameter_unknown");
        assertThat(reply.error("message")).isEqualTo("Received unknown parameter: idempotency");
    }

    @Test
    void withoutTimestampAndIdentifierTheSimulatorChoosesThem() {
        Caller.Reply reply = caller.post(
                MeterEvents.PATH,
                "event_name",
                "tokens",
                "payload[stripe_customer_id]",
                customer,
                "payload[value]",
                "1");

        assertThat(reply.body().path("timestamp").asLong()).isEqualTo(NOW);
        assertThat(reply.text("identifier")).isNotEmpty();
    }

    @Test
    void aMeterMayNameItsOwnPayloadKeys() {
        String own = caller.createMeter(
                "bytes",
                "sum",
                "customer_mapping[type]",
                "by_id",
                "customer_mapping[event_payload_key]",
                "who",
                "value_settings[event_payload_key]",
                "much");

        caller.post(MeterEvents.PATH, "event_name", "bytes", "payload[who]", customer, "payload[much]", "3");

        assertThat(totalOf(own)).isEqualTo("3");
    }

    @Test
    void aSecondCallForTheSameCustomerAndMeterIsRefusedWhileOneIsInFlight() {
        String other = caller.createCustomer();
        simulator.faults().latency(Duration.ofSeconds(1));
        List<CompletableFuture<Caller.Reply>> calls = Stream.of(customer, customer, other)
                .map(whose -> CompletableFuture.supplyAsync(() -> caller.event(
                        "tokens", whose, "5", NOW, UUID.randomUUID().toString())))
                .toList();

        assertThat(calls.stream().map(call -> call.join().status())).containsExactlyInAnyOrder(200, 200, 429);
        simulator.faults().clear();
        assertThat(calls.stream().map(CompletableFuture::join).filter(call -> call.status() == 429))
                .allSatisfy(call -> assertThat(call.error("code")).isEqualTo("lock_timeout"));
        assertThat(caller.event("tokens", customer, "1", NOW, "next").status()).isEqualTo(200);
    }

    private String total() {
        return totalOf(meter);
    }

    private String totalOf(String meterId) {
        Caller.Reply reply = caller.get(
                "/v1/billing/meters/" + meterId + "/event_summaries",
                "customer",
                customer,
                "start_time",
                Long.toString(NOW - 86_400),
                "end_time",
                Long.toString(NOW + 86_400));
        return reply.body().path("data").path(0).path("aggregated_value").asText();
    }
}
