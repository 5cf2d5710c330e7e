package io.tallymark.async;

import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a thing when it is first needed, and waits while the user's mistake keeps it from opening: a missing key stops the calls, but not
 * the job, whose checkpoints need every task. Each mistake is logged once, and what is mended is noticed within seconds. Thread safe.
 */
public final class LateOpening<T> {
    private static final Logger LOG = LoggerFactory.getLogger(LateOpening.class);
    private static final long RETRY_NANOS = Duration.ofSeconds(5).toNanos();

    private final String who;
    private final Supplier<T> opening;
    private final LongSupplier nanoClock;
    private @Nullable T opened;
    private boolean closed;
    private String waitingFor = "";
    private long triedNanos;

    /**
     * @param who waits, as the first word of a log line
     * @param opening throws {@link UserError} while it cannot be opened; anything else fails the task
     * @param nanoClock monotonic, such as {@link System#nanoTime}
     */
    public LateOpening(String who, Supplier<T> opening, LongSupplier nanoClock) {
        this.who = who;
        this.opening = opening;
        this.nanoClock = nanoClock;
    }

    /** @return empty while it cannot be opened, and once it is closed */
    public synchronized Optional<T> get() {
        if (closed) {
            return Optional.empty();
        }
        if (opened == null && (waitingFor.isEmpty() || nanoClock.getAsLong() - triedNanos >= RETRY_NANOS)) {
            tryToOpen();
        }
        return Optional.ofNullable(opened);
    }

    /** Closes what was opened; who asks for it later gets nothing. */
    public synchronized void close(Consumer<T> closing) {
        closed = true;
        if (opened != null) {
            closing.accept(opened);
        }
    }

    private void tryToOpen() {
        try {
            opened = opening.get();
            if (!waitingFor.isEmpty()) {
                LOG.info("{} goes on: what it waited for can be opened", who);
            }
        } catch (UserError e) {
            String mistake = e.getMessage() + "; " + e.remedy();
            if (!mistake.equals(waitingFor)) {
                LOG.warn("{} waits: {}. Metering goes on", who, mistake);
                LOG.debug("{} waits", who, e);
            }
            waitingFor = mistake;
            triedNanos = nanoClock.getAsLong();
        }
    }
}
