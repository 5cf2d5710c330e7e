package io.tallymark.async;

import java.util.Collection;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what came of a call to its task, as long as there is one: a task that was stopped, cancelled or lost while the call lasted takes
 * nothing any more. What the call did must be safe in the database, or repeated, without its outcome. Thread safe.
 */
public final class HandOver<O> {
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

    private volatile boolean ended;

    /** To be called before anything is closed that calls need: what they fail with from then on would fail a job that was stopped. */
    public void end() {
        ended = true;
    }

    public void succeed(ResultFuture<O> result, Collection<O> outcomes) {
        hand(() -> result.complete(outcomes));
    }

    public void fail(ResultFuture<O> result, Exception failure) {
        hand(() -> result.completeExceptionally(failure));
    }

    /** For threads that call: Flink's own handler would end the TaskManager, with every job on it. The task's timeout takes over. */
    public static void unexpected(Thread thread, Throwable failure) {
        LOG.error("Thread {} ended unexpectedly", thread.getName(), failure);
    }

    private void hand(Runnable result) {
        if (ended) {
            return;
        }
        try {
            result.run();
        } catch (RejectedExecutionException e) {
            // Uncaught, it would end the whole TaskManager: so Flink's threads are made.
            LOG.debug("The outcome of a call came after the end of its task", e);
        }
    }
}
