package io.tallymark.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MeterIdsTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    private final AtomicInteger reads = new AtomicInteger();
    private List<StripeMeter> atStripe = List.of(meter("mtr_1", true));
    private final MeterIds ids = new MeterIds(
            () -> {
                reads.incrementAndGet();
                return atStripe;
            },
            nanos::get);

    @Test
    void aMeterIsLookedUpOnceInSomeMinutes() throws StripeException {
        assertThat(ids.find("tokens")).contains("mtr_1");
        atStripe = List.of(meter("mtr_1", false), meter("mtr_2", true));
        nanos.addAndGet(Duration.ofMinutes(4).toNanos());
        assertThat(ids.find("tokens")).contains("mtr_1");
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());

        assertThat(ids.find("tokens")).contains("mtr_2");
        assertThat(reads).hasValue(2);
    }

    @Test
    void aMeterThatIsMissingIsLookedForAgainSoon() throws StripeException {
        atStripe = List.of(meter("mtr_1", false));
        assertThat(ids.find("tokens")).isEmpty();
        assertThat(ids.find("tokens")).isEmpty();
        assertThat(reads).hasValue(1);
        atStripe = List.of(meter("mtr_2", true));
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());

        assertThat(ids.find("tokens")).contains("mtr_2");
    }

    private static StripeMeter meter(String id, boolean active) {
        return new StripeMeter(
                id,
                "tokens",
                "Tokens",
                StripeMeter.Formula.SUM,
                StripeMeter.Window.RAW,
                "stripe_customer_id",
                "value",
                active);
    }
}
