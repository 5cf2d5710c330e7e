package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.call.Fault;
import io.tallymark.simulator.metering.MeterEvents;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class IdempotencyTest {
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
    void aRepeatGetsTheFirstReplyAgainAndRunsNothing() {
        Caller.Reply first = create("key", "Acme");
        Caller.Reply repeat = create("key", "Acme");

        assertThat(repeat.http().body()).isEqualTo(first.http().body());
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        assertThat(repeat.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(customers()).isEqualTo(1);
    }

    @Test
    void aReplyIsKeptFor24HoursAndNoLonger() {
        create("key", "Acme");
        clock.advance(Duration.ofHours(24).minusSeconds(1));
        create("key", "Acme");
        assertThat(customers()).isEqualTo(1);

        clock.advance(Duration.ofSeconds(1));
        create("key", "Acme");
        assertThat(customers()).isEqualTo(2);
    }

    @Test
    void a500IsReplayedTooWhetherAppliedOrNot() {
        simulator.faults().next(Fault.SERVER_ERROR_BEFORE, Fault.NONE, Fault.SERVER_ERROR_AFTER);

        assertThat(create("before", "Acme").status()).isEqualTo(500);
        assertThat(create("before", "Acme").status()).isEqualTo(500);
        assertThat(customers()).isZero();
        simulator.faults().clear();
        simulator.faults().next(Fault.SERVER_ERROR_AFTER);
        assertThat(create("after", "Acme").status()).isEqualTo(500);
        assertThat(create("after", "Acme").header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(create("new key", "Acme").status()).isEqualTo(200);
        assertThat(customers()).isEqualTo(2);
    }

    @Test
    void whatALostReplySaidIsSaidAgain() {
        simulator.faults().timeoutAfter(Duration.ofMillis(20)).next(Fault.TIMEOUT_AFTER);
        Assertions.assertThatThrownBy(() -> create("key", "Acme")).isInstanceOf(UncheckedIOException.class);

        assertThat(create("key", "Acme").status()).isEqualTo(200);
        assertThat(customers()).isEqualTo(1);
    }

    @Test
    void anotherCallWithTheSameKeyIsAnError() {
        create("key", "Acme");

        assertThat(create("key", "Other").error("type")).isEqualTo("idempotency_error");
        assertThat(caller.postWith("Idempotency-Key", "key", "/v1/billing/meters", "name", "Acme")
                        .status())
                .isEqualTo(400);
        assertThat(customers()).isEqualTo(1);
    }

    @Test
    void aSecondCallWhileTheFirstRunsIsAConflict() {
        simulator.faults().latency(Duration.ofSeconds(1));

        List<CompletableFuture<Caller.Reply>> calls = Stream.of("key", "key")
                .map(key -> CompletableFuture.supplyAsync(() -> create(key, "Acme")))
                .toList();

        assertThat(calls.stream().map(call -> call.join().status())).containsExactlyInAnyOrder(200, 409);
        assertThat(calls.stream().map(call -> call.join().error("type"))).contains("idempotency_error");
        simulator.faults().clear();
        assertThat(create("key", "Acme").status()).isEqualTo(200);
    }

    @Test
    void whatIsRefusedBeforeItRunsIsNotKept() {
        simulator.faults().next(Fault.RATE_LIMITED);
        assertThat(create("key", "Acme").status()).isEqualTo(429);
        assertThat(caller.postWith("Idempotency-Key", "key", "/v1/customers", "nome", "Acme")
                        .status())
                .isEqualTo(400);

        assertThat(create("key", "Acme").status()).isEqualTo(200);
    }

    @Test
    void aRefusedIdentifierIsKeptAndGoesOnBeingRefused() {
        caller.createMeter("tokens", "sum");
        String customer = caller.createCustomer();
        event("first", customer);
        assertThat(event("second", customer).status()).isEqualTo(400);

        clock.advance(Duration.ofHours(23));
        assertThat(event("second", customer).header("Idempotent-Replayed")).isEqualTo("true");
    }

    @Test
    void aKeyHasAtMost255Characters() {
        assertThat(create("k".repeat(255), "Acme").status()).isEqualTo(200);
        assertThat(create("k".repeat(256), "Acme").status()).isEqualTo(400);
    }

    private Caller.Reply create(String key, String name) {
        return caller.postWith("Idempotency-Key", key, "/v1/customers", "name", name);
    }

    private Caller.Reply event(String key, String customer) {
        return caller.postWith(
                "Idempotency-Key",
                key,
                MeterEvents.PATH,
                "event_name",
                "tokens",
                "payload[stripe_customer_id]",
                customer,
                "payload[value]",
                "1",
                "identifier",
                "a");
    }

    private int customers() {
        return caller.get("/v1/customers").body().path("data").size();
    }
}
