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
 * the job, whose checkpoints need every task. The mistake is logged once, and what is mended is noticed within seconds. Thread safe.
 */
public final class LateOpening<T> {
    private static final Logger LOG = LoggerFactory.getLogger(LateOpening.class);
    private static final long RETRY_NANOS = Duration.ofSeconds(5).toNanos();

    private final String who;
    private final Supplier<T> opening;
    private final LongSupplier nanoClock;
    private @Nullable T opened;
    private boolean waiting;
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

    /** @return empty while it cannot be opened */
    public synchronized Optional<T> get() {
        if (opened == null && (!waiting || nanoClock.getAsLong() - triedNanos >= RETRY_NANOS)) {
            tryToOpen();
        }
        return Optional.ofNullable(opened);
    }

    /** Closes what was opened; to be called when nobody asks for it any more. */
    public synchronized void close(Consumer<T> closing) {
        if (opened != null) {
            closing.accept(opened);
        }
    }

    private void tryToOpen() {
        try {
            opened = opening.get();
            if (waiting) {
                LOG.info("{} goes on", who);
            }
        } catch (UserError e) {
            if (!waiting) {
                LOG.warn("{} waits: {}; {}. Metering goes on", who, e.getMessage(), e.remedy());
            }
            waiting = true;
            triedNanos = nanoClock.getAsLong();
        }
    }
}
