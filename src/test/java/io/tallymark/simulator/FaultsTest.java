package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tallymark.simulator.call.Fault;
import io.tallymark.simulator.call.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class FaultsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final long SECOND = NOW.getEpochSecond();

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private StripeSimulator simulator;
    private Faults faults;
    private Caller caller;
    private String customer;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, new SettableClock(NOW));
        faults = simulator.faults().timeoutAfter(Duration.ofMillis(50)).slowBody(Duration.ofMillis(300));
        caller = new Caller(simulator);
        caller.createMeter("tokens", "sum");
        customer = caller.createCustomer();
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void aScriptIsFollowedInOrderAndThenCallsPassAgain() {
        faults.next(Fault.RATE_LIMITED, Fault.NONE, Fault.SERVER_ERROR_BEFORE);

        assertThat(Stream.of("a", "b", "c", "d").map(id -> send(id).status())).containsExactly(429, 200, 500, 200);
        assertThat(faults.injected()).isEqualTo(2);
        assertThat(faults.injected(Fault.RATE_LIMITED)).isEqualTo(1);
        assertThat(faults.waiting()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aCallIsAppliedOrNotAsItsFaultSays(Fault fault) {
        faults.next(fault);

        attempt("a");

        boolean applied = fault.reachesEndpoint() && fault != Fault.SERVER_ERROR_BEFORE;
        assertThat(billed()).isEqualTo(applied ? "5" : "0");
        String logged = fault == Fault.NONE ? "" : fault.name();
        assertThat(simulator.requests().get(2).fault()).isEqualTo(logged);
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMEOUT_BEFORE", "TIMEOUT_AFTER", "CONNECTION_DROP", "RESET_MID_BODY"})
    void theConnectionIsLost(Fault fault) {
        faults.next(fault);

        assertThatThrownBy(() -> send("a")).isInstanceOf(UncheckedIOException.class);
        assertThat(send("b").status()).isEqualTo(200);
    }

    @Test
    void aLimitersRefusalNamesItsReasonAndTheOthersDoNot() {
        faults.next(Fault.RATE_LIMITED, Fault.LOCK_TIMEOUT, Fault.TOO_MANY_PLAIN);

        Caller.Reply limited = send("a");
        assertThat(limited.header("Stripe-Rate-Limited-Reason")).isEqualTo("endpoint-rate");
        assertThat(limited.header("Retry-After")).isEqualTo("1");
        Caller.Reply locked = send("a");
        assertThat(locked.error("code")).isEqualTo("lock_timeout");
        assertThat(locked.header("Stripe-Rate-Limited-Reason")).isEmpty();
        Caller.Reply plain = send("a");
        assertThat(plain.status()).isEqualTo(429);
        assertThat(plain.error("code")).isEmpty();
        assertThat(plain.header("Stripe-Should-Retry")).isEmpty();
    }

    @Test
    void bodiesAreEmptyOrNotJsonOrAnotherObject() {
        faults.next(Fault.EMPTY_BODY, Fault.WRONG_JSON, Fault.OTHER_OBJECT, Fault.BAD_GATEWAY_HTML);

        assertThat(list().body()).isEmpty();
        assertThat(list().body()).doesNotStartWith("{");
        assertThat(list().body()).contains("scheduled_maintenance");
        HttpResponse<String> gateway = list();
        assertThat(gateway.statusCode()).isEqualTo(502);
        assertThat(gateway.headers().firstValue("Content-Type")).contains("text/html");
    }

    @Test
    void aSlowBodyArrivesWholeButLate() {
        long before = System.nanoTime();
        faults.next(Fault.SLOW_BODY);

        assertThat(send("a").text("identifier")).isEqualTo("a");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(200));
    }

    @Test
    void chanceRepeatsItselfFromItsSeed() {
        List<Integer> first = statuses(7);
        List<Integer> again = statuses(7);

        assertThat(first).isEqualTo(again).contains(200, 500, 409);
        assertThat(statuses(8)).isNotEqualTo(first);
    }

    @Test
    void anOutageAnswersWith503OrNotAtAllUntilItEnds() {
        faults.outage(true);
        assertThat(send("a").status()).isEqualTo(503);
        assertThatThrownBy(() -> send("a")).isInstanceOf(UncheckedIOException.class);
        assertThat(send("a").status()).isEqualTo(503);

        faults.outage(false);
        assertThat(billed()).isEqualTo("0");
        assertThat(send("a").status()).isEqualTo(200);
    }

    @Test
    void aFilterLetsOtherCallsPass() {
        faults.onlyPaths("/v1/billing/meter_events").next(Fault.CONFLICT_409);
        assertThat(list().statusCode()).isEqualTo(200);
        assertThat(send("a").status()).isEqualTo(409);

        faults.clear();
        faults.onlyWrites().next(Fault.CONFLICT_409);
        assertThat(list().statusCode()).isEqualTo(200);
        assertThat(caller.post("/v1/customers").status()).isEqualTo(409);
    }

    @Test
    void clearingEndsEverything() {
        faults.next(Fault.CONFLICT_409).chance(1, 1, Fault.CONFLICT_409).outage(true);
        faults.clear();

        assertThat(send("a").status()).isEqualTo(200);
    }

    @Test
    void manyCallsMayWaitAtOnce() {
        int many = 300;
        faults.timeoutAfter(Duration.ofHours(1))
                .next(Collections.nCopies(many, Fault.TIMEOUT_BEFORE).toArray(Fault[]::new));
        List<CompletableFuture<HttpResponse<String>>> held = IntStream.range(0, many)
                .mapToObj(i -> HTTP.sendAsync(caller.to("/v1/customers").build(), BodyHandlers.ofString()))
                .toList();

        // Threads of a pool, spent on waiting, would run out before all of them are seen and one more is answered.
        await().until(() -> faults.injected() == many);
        assertThat(list().statusCode()).isEqualTo(200);
        assertThat(held).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void anImpossibleProbabilityIsRefused() {
        assertThatThrownBy(() -> faults.chance(1, 1.1, Fault.CONFLICT_409))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.chance(1, 0.5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLogIsAsLongAsAsked() {
        simulator.keepRequests(2);
        list();
        list();

        assertThat(simulator.requests())
                .hasSize(2)
                .allMatch(call -> call.method().equals("GET"));
        assertThat(simulator.requestCount()).isEqualTo(4);
    }

    private List<Integer> statuses(long seed) {
        faults.chance(seed, 0.5, Fault.SERVER_ERROR_BEFORE, Fault.CONFLICT_409);
        List<Integer> statuses =
                IntStream.range(0, 40).mapToObj(i -> list().statusCode()).toList();
        faults.clear();
        return statuses;
    }

    private Caller.Reply send(String identifier) {
        return caller.event("tokens", customer, "5", SECOND, identifier);
    }

    /** Whatever comes of it. */
    private void attempt(String identifier) {
        try {
            send(identifier);
        } catch (UncheckedIOException e) {
            assertThat(e).hasCauseInstanceOf(IOException.class);
        }
    }

    private HttpResponse<String> list() {
        return caller.text(caller.to("/v1/customers"));
    }

    private String billed() {
        return simulator.billed("tokens", customer, NOW, NOW.plusSeconds(60)).toPlainString();
    }
}
