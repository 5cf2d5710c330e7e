package io.tallymark.embedded.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final AtomicLong nanos = new AtomicLong(1_000);

    @Test
    void spacesTurnsEvenly() throws Exception {
        Pace pace = new Pace(2, nanos::get, nanos::addAndGet);

        for (int turn = 0; turn < 5; turn++) {
            pace.awaitTurn();
        }

        assertThat(nanos).hasValue(1_000 + 2_000_000_000L);
    }

    @Test
    void neverWaitsWithoutALimit() throws Exception {
        Pace pace = new Pace(Double.POSITIVE_INFINITY, nanos::get, nanos::addAndGet);

        pace.awaitTurn();
        pace.awaitTurn();

        assertThat(nanos).hasValue(1_000);
    }

    @Test
    void stopsWaitingWhenInterrupted() throws Exception {
        Pace pace = new Pace(0.001, nanos::get, wait -> Thread.currentThread().interrupt());
        pace.awaitTurn();

        assertThatThrownBy(pace::awaitTurn).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }
}
