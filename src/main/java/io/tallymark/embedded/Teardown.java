package io.tallymark.embedded;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what was opened through it, newest first and once: at {@link #close}, or when the process is told to end (Ctrl-C, SIGTERM),
 * whichever comes first. A part that is just being opened is waited for, so that it cannot outlive the process.
 */
public final class Teardown implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Teardown.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Thread hook = new Thread(this::closeAll, "teardown");
    private boolean closed;

    private Teardown() {}

    /** A teardown that also runs when the process ends. */
    public static Teardown atExit() {
        Teardown teardown = new Teardown();
        Runtime.getRuntime().addShutdownHook(teardown.hook);
        return teardown;
    }

    /**
     * Opens a part and takes charge of it.
     *
     * @throws IllegalStateException when everything has been closed already
     */
    public synchronized <T extends AutoCloseable> T open(Callable<T> opener) throws Exception {
        if (closed) {
            throw new IllegalStateException("shutting down");
        }
        T part = opener.call();
        opened.push(part);
        return part;
    }

    @Override
    public void close() {
        closeAll();
        removeHook();
    }

    /** Goes on past a part that fails to close: what remains must still be stopped. */
    private synchronized void closeAll() {
        closed = true;
        for (Optional<AutoCloseable> part = next(); part.isPresent(); part = next()) {
            try {
                part.get().close();
            } catch (Exception e) {
                LOG.warn("could not close {}", part.get().getClass().getSimpleName(), e);
            }
        }
    }

    private Optional<AutoCloseable> next() {
        return Optional.ofNullable(opened.poll());
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("the process is ending, the hook has run or is running", e);
        }
    }
}
