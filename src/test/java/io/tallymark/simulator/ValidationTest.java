package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.simulator.call.Fault;
import io.tallymark.simulator.metering.Adjustments;
import io.tallymark.simulator.metering.ErrorEvent;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ValidationTest {
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
    void anEventCountsOnceItIsValidated() {
        simulator.validationDelay(Duration.ofMinutes(2));
        caller.event("tokens", customer, "5", NOW, "a");
        assertThat(billed("tokens")).isEqualTo("0");

        clock.advance(Duration.ofMinutes(2));
        assertThat(billed("tokens")).isEqualTo("5");
    }

    @Test
    void aCustomerDeletedInBetweenLosesItsUsage() {
        simulator.validationDelay(Duration.ofMinutes(2));
        caller.event("tokens", customer, "5", NOW, "a");
        caller.delete("/v1/customers/" + customer);
        clock.advance(Duration.ofMinutes(2));

        assertThat(simulator.errorEvents())
                .extracting(ErrorEvent::code)
                .containsExactly("meter_event_customer_not_found");
        assertThat(billed("tokens")).isEqualTo("0");
    }

    @Test
    void aMeterArchivedInBetweenLosesItsUsage() {
        simulator.validationDelay(Duration.ofMinutes(2));
        caller.event("tokens", customer, "5", NOW, "a");
        caller.post("/v1/billing/meters/" + meter + "/deactivate");
        clock.advance(Duration.ofMinutes(2));

        assertThat(simulator.errorEvents()).extracting(ErrorEvent::code).containsExactly("archived_meter");
        assertThat(billed("tokens")).isEqualTo("0");
    }

    @Test
    void summariesLagAndTheInvoiceDoesNot() {
        simulator.summaryLag(Duration.ofMinutes(10));
        caller.event("tokens", customer, "5", NOW, "a");
        assertThat(summary()).isEqualTo("0");
        assertThat(billed("tokens")).isEqualTo("5");

        clock.advance(Duration.ofMinutes(10));
        caller.event("tokens", customer, "2", NOW, "b");
        assertThat(summary()).isEqualTo("5");
        assertThat(billed("tokens")).isEqualTo("7");
    }

    @Test
    void summariesLagBehindTheTimeOfCountingThoughNobodyLookedThen() {
        simulator.validationDelay(Duration.ofMinutes(5));
        simulator.summaryLag(Duration.ofMinutes(10));
        caller.event("tokens", customer, "5", NOW, "a");

        clock.advance(Duration.ofMinutes(15));
        assertThat(summary()).isEqualTo("5");
    }

    @Test
    void aCancelledEventDoesNotCountAndItsIdentifierStaysTaken() {
        caller.event("tokens", customer, "5", NOW, "a");
        caller.event("tokens", customer, "2", NOW, "b");

        Caller.Reply reply = cancel("tokens", "a");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("object")).isEqualTo("billing.meter_event_adjustment");
        assertThat(reply.body().path("cancel").path("identifier").asText()).isEqualTo("a");
        assertThat(billed("tokens")).isEqualTo("2");
        assertThat(caller.event("tokens", customer, "5", NOW, "a").status()).isEqualTo(400);
        assertThat(cancel("tokens", "a").status()).isEqualTo(400);
    }

    @Test
    void anEventIsCancelledWithin24HoursOfItsReceipt() {
        caller.event("tokens", customer, "5", NOW - 86_400, "a");
        caller.event("tokens", customer, "2", NOW - 86_400, "b");
        clock.advance(Duration.ofHours(24).minusSeconds(1));
        assertThat(cancel("tokens", "a").status()).isEqualTo(200);

        clock.advance(Duration.ofSeconds(1));
        assertThat(cancel("tokens", "b").error("param")).isEqualTo("cancel[identifier]");
        assertThat(simulator.billed("tokens", customer, HOUR.minus(Duration.ofDays(1)), HOUR))
                .isEqualByComparingTo("2");
    }

    @Test
    void whatIsCancelledMustExistForThatEventName() {
        caller.createMeter("bytes", "sum");
        caller.event("tokens", customer, "5", NOW, "a");

        assertThat(cancel("tokens", "nothing").status()).isEqualTo(400);
        assertThat(cancel("bytes", "a").status()).isEqualTo(400);
        assertThat(caller.post(Adjustments.PATH, "event_name", "tokens", "type", "undo")
                        .error("param"))
                .isEqualTo("type");
        assertThat(billed("tokens")).isEqualTo("5");
    }

    @Test
    void anEventIsCancelledBeforeItsValidationToo() {
        simulator.validationDelay(Duration.ofMinutes(2));
        caller.event("tokens", customer, "5", NOW, "a");
        cancel("tokens", "a");
        clock.advance(Duration.ofMinutes(2));

        assertThat(billed("tokens")).isEqualTo("0");
        assertThat(simulator.errorEvents()).isEmpty();
    }

    @Test
    void cancellingAnHoursEventLeavesNothingAndAnOverwrittenOneChangesNothing() {
        caller.createMeter("hourly", "sum", "event_time_window", "hour");
        caller.event("hourly", customer, "5", NOW, "a");
        caller.event("hourly", customer, "7", NOW, "b");
        cancel("hourly", "a");
        assertThat(billed("hourly")).isEqualTo("7");

        cancel("hourly", "b");
        assertThat(billed("hourly")).isEqualTo("0");
    }

    @Test
    void cancellingTheNewestOfALastMeterBringsTheOneBeforeBack() {
        caller.createMeter("level", "last");
        caller.event("level", customer, "5", NOW, "a");
        caller.event("level", customer, "7", NOW, "b");
        cancel("level", "b");

        assertThat(billed("level")).isEqualTo("5");
    }

    @Test
    void anInvoiceShowsTheMetersFormulaAndWindowAndNothingBelowZero() {
        caller.createMeter("hourly", "sum", "event_time_window", "hour");
        caller.createMeter("calls", "count");
        for (String name : new String[] {"tokens", "hourly", "calls"}) {
            caller.event(name, customer, "5", NOW, name + 1);
            caller.event(name, customer, "4", NOW, name + 2);
            caller.event(name, customer, "100", NOW - 1, name + 3);
        }

        assertThat(billed("tokens")).isEqualTo("9");
        assertThat(billed("hourly")).isEqualTo("4");
        assertThat(billed("calls")).isEqualTo("2");
        caller.event("tokens", customer, "-10", NOW, "correction");
        assertThat(billed("tokens")).isEqualTo("0");
        assertThat(summary()).isEqualTo("-1");
    }

    @Test
    void theFarEndIsAskedInWholeMinutesOfMetersThatExist() {
        assertThatThrownBy(() -> simulator.billed("nothing", customer, HOUR, HOUR.plusSeconds(60)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> simulator.billed("tokens", customer, HOUR, HOUR.plusSeconds(61)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anIdentifierSentWithTwoPayloadsIsWitnessedForever() {
        caller.event("tokens", customer, "5", NOW, "a");
        caller.event("tokens", customer, "5.0", NOW, "a");
        assertThat(simulator.contradictions()).isEmpty();

        clock.advance(Duration.ofDays(10));
        caller.event("tokens", customer, "6", NOW, "a");
        caller.event("tokens", customer, "1", NOW, "b");
        simulator.faults().next(Fault.CONFLICT_409);
        caller.event("tokens", customer, "1", NOW + 1, "b");
        assertThat(simulator.contradictions()).containsExactly("a", "b");
    }

    private Caller.Reply cancel(String eventName, String identifier) {
        return caller.post(
                Adjustments.PATH, "type", "cancel", "event_name", eventName, "cancel[identifier]", identifier);
    }

    private String billed(String eventName) {
        return simulator
                .billed(eventName, customer, HOUR, HOUR.plus(Duration.ofHours(1)))
                .toPlainString();
    }

    private String summary() {
        return caller.get(
                        "/v1/billing/meters/" + meter + "/event_summaries",
                        "customer",
                        customer,
                        "start_time",
                        Long.toString(NOW),
                        "end_time",
                        Long.toString(NOW + 3_600))
                .body()
                .path("data")
                .path(0)
                .path("aggregated_value")
                .asText();
    }
}
