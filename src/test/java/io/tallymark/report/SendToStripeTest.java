package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SendToStripeTest {
    @Test
    void handsAnOutcomeOver() {
        List<String> taken = new ArrayList<>();

        SendToStripe.handOver(() -> taken.add("outcome"));

        assertThat(taken).containsExactly("outcome");
    }

    @Test
    void outcomeAfterTheEndOfItsTaskIsLetGo() {
        assertThatCode(() -> SendToStripe.handOver(() -> {
                    throw new RejectedExecutionException("Mailbox is in state CLOSED");
                }))
                .doesNotThrowAnyException();
    }

    @Test
    void anyOtherFailureIsNotHidden() {
        assertThatThrownBy(() -> SendToStripe.handOver(() -> {
                    throw new IllegalStateException("a mistake");
                }))
                .hasMessage("a mistake");
    }
}
