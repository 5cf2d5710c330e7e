package io.tallymark.database;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a database that is away for a while from a mistake, and logs the former once per outage. An outage is sat out, since every step
 * may be repeated; a mistake fails the task.
 */
public final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
    private static final String READ_ONLY = "25006";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final String who;
    private final String step;
    private final AtomicBoolean lasting = new AtomicBoolean();

    /**
     * @param who begins the log line
     * @param step what the database is needed for, as a log line says it
     */
    public Outage(String who, String step) {
        this.who = who;
        this.step = step;
    }

    /** Takes note of a failure, or rethrows it when waiting would not mend it. */
    public void failed(SQLException failure) throws SQLException {
        if (!passes(failure)) {
            throw failure;
        }
        if (lasting.compareAndSet(false, true)) {
            LOG.warn("{} waits: the database failed while {}. Metering goes on; retrying", who, step, failure);
        }
    }

    public void succeeded() {
        if (lasting.compareAndSet(true, false)) {
            LOG.info("{} goes on: the database answers again while {}", who, step);
        }
    }

    /** Whether the same statement may well succeed later: by class of SQLSTATE, or by type when the driver has no state. */
    public static boolean passes(SQLException failure) {
        Optional<String> state = Optional.ofNullable(failure.getSQLState());
        return state.map(Outage::passes)
                .orElseGet(
                        () -> failure instanceof SQLTransientException || failure instanceof SQLRecoverableException);
    }

    private static boolean passes(String state) {
        return switch (state.substring(0, Math.min(2, state.length()))) {
            // connection; rolled back (deadlock); out of resources; operator intervention; system error
            case "08", "40", "53", "57", "58" -> true;
            default -> state.equals(READ_ONLY) || state.equals(LOCK_NOT_AVAILABLE);
        };
    }
}
