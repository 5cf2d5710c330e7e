package io.tallymark.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallDeadlineTest {
    private final AtomicLong nanos = new AtomicLong();
    private final CallDeadline deadline = new CallDeadline(Duration.ofNanos(100), nanos::get);

    @Test
    void everyCallHasADeadlineOfItsOwn() {
        assertThat(deadline.endNanos()).isEqualTo(100);
        nanos.set(30);
        assertThat(deadline.endNanos()).isEqualTo(130);
    }

    @Test
    void callsForOneAnswerShareTheDeadlineOfTheFirst() throws StripeException {
        long endOfTheSecond = deadline.share(() -> {
            nanos.set(70);
            return deadline.endNanos();
        });

        assertThat(endOfTheSecond).isEqualTo(100);
        assertThat(deadline.endNanos()).isEqualTo(170);
    }
}
