package io.tallymark.report;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets threads that each want a small transaction share one: whoever comes first commits for all that wait by then. So the number of
 * transactions follows the database's speed, not the number of callers. Thread safe.
 */
final class GroupCommit<Q, A> {
    private final Work<Q, A> work;
    private final int mostAtOnce;
    private final ConcurrentLinkedQueue<Waiting<Q, A>> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock turn = new ReentrantLock();

    /**
     * @param work one transaction for a batch; as many answers as questions, in their order
     * @param mostAtOnce largest batch
     */
    GroupCommit(Work<Q, A> work, int mostAtOnce) {
        this.work = work;
        this.mostAtOnce = mostAtOnce;
    }

    /** Waits until the question's batch is committed. */
    A submit(Q question) throws SQLException {
        Waiting<Q, A> mine = new Waiting<>(question);
        queue.add(mine);
        turn.lock();
        try {
            while (!mine.done) {
                commitNext();
            }
        } finally {
            turn.unlock();
        }
        return mine.result();
    }

    private void commitNext() {
        List<Waiting<Q, A>> batch = new ArrayList<>();
        for (Waiting<Q, A> next = queue.poll(); next != null; next = batch.size() < mostAtOnce ? queue.poll() : null) {
            batch.add(next);
        }
        try {
            List<A> answers =
                    work.commit(batch.stream().map(one -> one.question).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer = answers.get(i);
            }
        } catch (SQLException | RuntimeException e) {
            batch.forEach(one -> one.failure = e);
        } finally {
            batch.forEach(one -> one.done = true);
        }
    }

    /** One transaction. */
    @FunctionalInterface
    interface Work<Q, A> {
        List<A> commit(List<Q> batch) throws SQLException;
    }

    /** Its fields are written under the lock by whoever commits. */
    private static final class Waiting<Q, A> {
        private final Q question;
        private boolean done;
        private @Nullable A answer;
        private @Nullable Exception failure;

        Waiting(Q question) {
            this.question = question;
        }

        A result() throws SQLException {
            if (failure instanceof SQLException sql) {
                throw sql;
            }
            if (failure != null || answer == null) {
                throw new IllegalStateException("the batch failed", failure);
            }
            return answer;
        }
    }
}
