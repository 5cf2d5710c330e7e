package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallBudgetTest {
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void spendsARateAndNoMore() {
        CallBudget budget = new CallBudget(0.2, nanos::get);

        assertThat(budget.available(25)).isEqualTo(5);
        budget.spend(5);
        assertThat(budget.available(25)).isZero();
        pass(Duration.ofMillis(200));
        assertThat(budget.available(25)).isEqualTo(5);
    }

    @Test
    void silenceSavesUpNoBurst() {
        CallBudget budget = new CallBudget(0.2, nanos::get);
        pass(Duration.ofHours(1));

        assertThat(budget.available(25)).isEqualTo(5);
    }

    @Test
    void rateBelowOneCallATickIsKeptToo() {
        CallBudget budget = new CallBudget(0.2, nanos::get);
        int calls = 0;
        for (int tick = 0; tick < 50; tick++) {
            int available = budget.available(1);
            budget.spend(available);
            calls += available;
            pass(Duration.ofMillis(200));
        }
        assertThat(calls).isBetween(10, 11);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
