package io.tallymark.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LateOpeningTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    private final LateOpening<String> opening = new LateOpening<>("Testing", this::open, nanos::get);
    private final List<String> closed = new ArrayList<>();
    private @Nullable RuntimeException obstacle;
    private int tries;

    @Test
    void opensOnceAndWhenItIsNeeded() {
        assertThat(tries).isZero();
        assertThat(opening.get()).contains("opened at try 1");
        assertThat(opening.get()).contains("opened at try 1");

        opening.close(closed::add);
        assertThat(closed).containsExactly("opened at try 1");
    }

    @Test
    void usersMistakeIsWaitedOutAndTriedNowAndThen() {
        obstacle = new UserError("stripe.api-key is not set", "export STRIPE_API_KEY");
        assertThat(opening.get()).isEmpty();
        assertThat(opening.get()).isEmpty();
        assertThat(tries).isEqualTo(1);

        obstacle = null;
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(opening.get()).contains("opened at try 2");
    }

    @Test
    void whatIsClosedOpensNothingMore() {
        opening.close(closed::add);

        assertThat(opening.get()).isEmpty();
        assertThat(tries).isZero();
    }

    @Test
    void nothingOpenedNothingClosed() {
        obstacle = new UserError("stripe.api-key is not set", "export STRIPE_API_KEY");
        opening.get();
        opening.close(closed::add);

        assertThat(closed).isEmpty();
    }

    @Test
    void ourMistakeIsNotHidden() {
        obstacle = new IllegalStateException("a mistake");

        assertThatThrownBy(opening::get).hasMessage("a mistake");
    }

    private String open() {
        tries++;
        if (obstacle != null) {
            throw obstacle;
        }
        return "opened at try " + tries;
    }
}
