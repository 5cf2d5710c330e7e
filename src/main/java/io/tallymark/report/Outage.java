package io.tallymark.report;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a database that is away for a while from a mistake, and logs the former once per outage. The reporter sits an outage out, since
 * every step of it may be repeated; a mistake fails the task.
 */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
    private static final String READ_ONLY = "25006";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final String step;
    private final AtomicBoolean lasting = new AtomicBoolean();

    /** @param step what the database is needed for, as a log line says it */
    Outage(String step) {
        this.step = step;
    }

    /** Takes note of a failure, or rethrows it when waiting would not mend it. */
    void failed(SQLException failure) throws SQLException {
        if (!passes(failure)) {
            throw failure;
        }
        if (lasting.compareAndSet(false, true)) {
            LOG.warn("Reporting waits: the database failed while {}. Metering goes on; retrying", step, failure);
        }
    }

    void succeeded() {
        if (lasting.compareAndSet(true, false)) {
            LOG.info("Reporting goes on: the database answers again while {}", step);
        }
    }

    /** Whether the same statement may well succeed later: by class of SQLSTATE, or by type when the driver has no state. */
    static boolean passes(SQLException failure) {
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
