package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GroupCommitTest {
    private static final int CALLERS = 20;

    private final List<List<Integer>> batches = new CopyOnWriteArrayList<>();
    private final CountDownLatch firstMayGo = new CountDownLatch(1);

    @Test
    void oneCallerGetsTheAnswerToItsQuestion() throws SQLException {
        assertThat(new GroupCommit<>(this::twice, 10).submit(21)).isEqualTo(42);
        assertThat(batches).containsExactly(List.of(21));
    }

    @Test
    void callersThatComeDuringACommitShareTheNext() throws Exception {
        List<FutureTask<Integer>> answers = askAllDuringTheFirst(new GroupCommit<>(this::twiceButWait, 100));

        for (int i = 0; i < CALLERS; i++) {
            assertThat(answers.get(i).get()).as("its own answer").isEqualTo(2 * i);
        }
        assertThat(batches).hasSize(2);
        assertThat(batches.get(1)).hasSize(CALLERS - 1);
    }

    @Test
    void batchesAreBounded() throws Exception {
        List<FutureTask<Integer>> answers = askAllDuringTheFirst(new GroupCommit<>(this::twiceButWait, 5));

        for (int i = 0; i < CALLERS; i++) {
            assertThat(answers.get(i).get()).isEqualTo(2 * i);
        }
        assertThat(batches).extracting(List::size).containsExactly(1, 5, 5, 5, 4);
    }

    @Test
    void failureOfABatchReachesEachOfItsCallersAndNobodyElse() throws Exception {
        SQLException away = new SQLException("away");
        GroupCommit<Integer, Integer> commits = new GroupCommit<>(
                batch -> {
                    List<Integer> answers = twiceButWait(batch);
                    if (batch.size() > 1) {
                        throw away;
                    }
                    return answers;
                },
                100);
        List<FutureTask<Integer>> answers = askAllDuringTheFirst(commits);

        assertThat(answers.get(0).get()).isZero();
        for (FutureTask<Integer> failed : answers.subList(1, CALLERS)) {
            assertThatThrownBy(failed::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCause(away);
        }
        assertThat(commits.submit(4)).as("and the next works again").isEqualTo(8);
    }

    @Test
    void unexpectedFailureReachesTheCaller() {
        GroupCommit<Integer, Integer> broken = new GroupCommit<>(
                batch -> {
                    throw new IllegalStateException("a bug");
                },
                10);

        assertThatThrownBy(() -> broken.submit(1))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("a bug");
    }

    @Test
    void unexpectedFailureLeavesNoCallerWaiting() throws Exception {
        GroupCommit<Integer, Integer> breaking = new GroupCommit<>(
                batch -> {
                    List<Integer> answers = twiceButWait(batch);
                    if (batch.size() > 1) {
                        throw new IllegalStateException("a bug");
                    }
                    return answers;
                },
                100);
        List<FutureTask<Integer>> answers = askAllDuringTheFirst(breaking);

        for (FutureTask<Integer> failed : answers.subList(1, CALLERS)) {
            assertThatThrownBy(failed::get).hasRootCauseMessage("a bug");
        }
    }

    private List<Integer> twice(List<Integer> questions) {
        batches.add(questions);
        return questions.stream().map(question -> 2 * question).toList();
    }

    private List<Integer> twiceButWait(List<Integer> questions) {
        List<Integer> answers = twice(questions);
        if (batches.size() == 1) {
            await().until(() -> firstMayGo.await(10, TimeUnit.SECONDS));
        }
        return answers;
    }

    /** The first commit goes on once everybody else waits behind it. */
    private List<FutureTask<Integer>> askAllDuringTheFirst(GroupCommit<Integer, Integer> commits) {
        List<FutureTask<Integer>> answers = new ArrayList<>();
        List<Thread> others = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int question = i;
            Callable<Integer> ask = () -> commits.submit(question);
            FutureTask<Integer> answer = new FutureTask<>(ask);
            answers.add(answer);
            Thread caller = new Thread(answer, "caller-" + i);
            caller.start();
            if (i == 0) {
                await().atMost(Duration.ofSeconds(10)).until(() -> !batches.isEmpty());
            } else {
                others.add(caller);
            }
        }
        await().atMost(Duration.ofSeconds(10))
                .until(() -> others.stream().allMatch(caller -> caller.getState() == Thread.State.WAITING));
        firstMayGo.countDown();
        return answers;
    }
}
