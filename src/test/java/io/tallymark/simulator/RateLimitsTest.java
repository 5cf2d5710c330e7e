package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.ApiRequest;
import io.tallymark.simulator.call.CallEnd;
import io.tallymark.simulator.call.CallHeaders;
import io.tallymark.simulator.call.Fault;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.RateLimits;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
    private static final long SECOND = 1_000_000_000;

    private final AtomicLong nanoTime = new AtomicLong(-5);
    private final RateLimits limits = new RateLimits(request -> ApiReply.text(200, ""), nanoTime::get);

    @Test
    void withoutALimitEveryCallPasses() {
        assertThat(passed("POST", 1_000)).isEqualTo(1_000);
    }

    @Test
    void aSecondsWorthOfWritesPassesAndTheRestIsRefusedWithAReason() {
        limits.limitWrites(10);

        assertThat(passed("POST", 25)).isEqualTo(10);
        assertThat(call("POST").headers()).containsKey("Stripe-Rate-Limited-Reason");
    }

    @Test
    void tokensComeInEvenlyAndAreNotSavedBeyondASecond() {
        limits.limitWrites(10);
        passed("POST", 10);
        nanoTime.addAndGet(SECOND / 2);
        assertThat(passed("POST", 25)).isEqualTo(5);

        nanoTime.addAndGet(60 * SECOND);
        assertThat(passed("POST", 25)).isEqualTo(10);
    }

    @Test
    void readsHaveALimitOfTheirOwn() {
        limits.limitReads(3);

        assertThat(passed("POST", 25)).isEqualTo(25);
        assertThat(passed("GET", 25)).isEqualTo(3);
        limits.limitReads(0);
        assertThat(passed("GET", 25)).isEqualTo(25);
    }

    @Test
    void aLimitIsNotNegative() {
        assertThatThrownBy(() -> limits.limitReads(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSimulatorLimitsItsCallers() {
        try (StripeSimulator simulator = StripeSimulator.start(0, new SettableClock(Instant.EPOCH))) {
            Caller caller = new Caller(simulator);
            simulator.rateLimit(1);
            simulator.readLimit(1);

            assertThat(IntStream.range(0, 50)
                            .map(i -> caller.post("/v1/customers").status()))
                    .contains(200, 429);
            assertThat(IntStream.range(0, 50)
                            .map(i -> caller.get("/v1/customers").status()))
                    .contains(200, 429);
        }
    }

    private long passed(String method, int calls) {
        return IntStream.range(0, calls)
                .filter(i -> call(method).status() == 200)
                .count();
    }

    private ApiReply call(String method) {
        CallHeaders headers = new CallHeaders("", "", "");
        return limits.answer(new ApiRequest(
                method, "/v1/customers", new Params(Map.of()), headers, "req_1", Fault.NONE, new CallEnd()));
    }
}
