package io.tallymark.close;

import io.tallymark.database.Outage;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at all drafts again and again: what was held is let go once it may be, and deadlines do not pass in silence. */
public final class Recheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Recheck.class);

    private final Closing closing;
    private final ScheduledExecutorService timer;
    private final Outage outage = new Outage("Closing", "looking at drafts");

    private Recheck(Closing closing) {
        this.closing = closing;
        this.timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "tallymark-recheck");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins at once; the next look follows a pause after the end of the one before. */
    public static Recheck start(Closing closing, Duration pause) {
        Recheck recheck = new Recheck(closing);
        // look() reports what fails; nobody waits for the future.
        ScheduledFuture<?> unused =
                recheck.timer.scheduleWithFixedDelay(recheck::look, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
        return recheck;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private void look() {
        try {
            List<Closed> results = closing.closeAll(null, null, null, (done, all) -> {});
            outage.succeeded();
            results.stream()
                    .filter(result -> result.decision() == Closed.Decision.CLOSED)
                    .forEach(result -> LOG.info("Invoice {} is closed", result.invoiceId()));
        } catch (SQLException e) {
            report(e);
        } catch (UserError e) {
            LOG.warn("Drafts could not be looked at: {}; next look soon", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Looking at drafts failed", e);
        }
    }

    private void report(SQLException failure) {
        try {
            outage.failed(failure);
        } catch (SQLException mistake) {
            LOG.error("Looking at drafts failed", mistake);
        }
    }
}
