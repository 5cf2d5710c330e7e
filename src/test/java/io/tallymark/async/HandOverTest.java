package io.tallymark.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HandOverTest {
    private final HandOver<String> handOver = new HandOver<>();
    private final Task task = new Task();

    @Test
    void givesOutcomesAndFailuresToTheTask() {
        handOver.succeed(task, List.of());
        handOver.fail(task, new SQLException("a mistake"));

        assertThat(task.taken).containsExactly("0 outcomes", "a mistake");
    }

    @Test
    void stoppedTaskIsNotFailedByWhatItsOwnEndDidToACall() {
        handOver.end();
        handOver.fail(task, new SQLException("the pool has been closed"));
        handOver.succeed(task, List.of());

        assertThat(task.taken).isEmpty();
    }

    @Test
    void refusalOfAnEndedTaskStaysInTheThread() {
        task.refusal = new RejectedExecutionException("Mailbox is in state CLOSED");

        handOver.succeed(task, List.of());
        handOver.fail(task, new SQLException("a mistake"));

        assertThat(task.taken).isEmpty();
    }

    @Test
    void anyOtherFailureOfTheTaskIsNotHidden() {
        task.refusal = new IllegalStateException("a mistake");

        assertThatThrownBy(() -> handOver.succeed(task, List.of())).hasMessage("a mistake");
    }

    /** Takes results, or refuses them. */
    private static final class Task implements ResultFuture<String> {
        private final List<String> taken = new ArrayList<>();
        private @Nullable RuntimeException refusal;

        @Override
        public void complete(Collection<String> outcomes) {
            take(outcomes.size() + " outcomes");
        }

        @Override
        public void completeExceptionally(Throwable failure) {
            take(String.valueOf(failure.getMessage()));
        }

        @Override
        public void complete(CollectionSupplier<String> supplier) {
            throw new UnsupportedOperationException("not used here");
        }

        private void take(String result) {
            if (refusal != null) {
                throw refusal;
            }
            taken.add(result);
        }
    }
}
