package io.tallymark.reconcile;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Writes down what Stripe really holds, as rows of {@code stripe_report} that are never sent, with their postings, and makes the hours
 * due: the ordinary reporter then tells the difference. What Stripe refused for good is made due as it is. Nothing is sent from here,
 * nothing is changed in place, and a repair that is no longer right when its turn comes changes nothing.
 */
final class Repair {
    private static final String OBSERVE = """
            INSERT INTO stripe_report (identifier, metric, customer_id, period_start, sequence, mode, event_name,
                stripe_customer_id, value, amount, event_timestamp, stripe_error, state, resolved_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, greatest(?::timestamptz, least(date_trunc('second', report_now()), ?::timestamptz)),
                ?, 'observed', report_now())
            """;
    /** The part of a period's rest that a correction leaves. */
    private static final int LEFT_FOR_LATER = 16;

    private static final String POST = """
            INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause,
                report_identifier)
            VALUES (?, ?, ?, 'unreported', 'reported', ?, ?, ?)
            """;
    private static final String SEALED = """
            SELECT EXISTS (SELECT FROM seal_of(?, ?, ?))
            """;
    private static final String MAPPED = "SELECT stripe_customer_id FROM billing_customer WHERE customer_id = ?";
    private static final String MAKE_DUE =
            "INSERT INTO report_due (metric, customer_id, period_start) VALUES (?, ?, ?)";

    private final Database database;
    private final boolean evenForeign;

    /** @param evenForeign whether to take away, where Stripe adds up, what somebody else wrote */
    Repair(Database database, boolean evenForeign) {
        this.database = database;
        this.evenForeign = evenForeign;
    }

    /**
     * Repairs a window.
     *
     * @return why not; empty when it was repaired
     */
    Optional<String> repair(Verdict verdict) throws SQLException {
        Optional<String> refusal = refusal(verdict);
        return refusal.isPresent() ? refusal : carryOut(verdict);
    }

    /** What Stripe lacks or has too much of hours that are billed would come onto the next invoice. */
    private boolean isBilled(Window window) throws SQLException {
        return database.inTransaction(connection -> Sql.first(
                        connection,
                        row -> row.getBoolean(1),
                        SEALED,
                        window.lane().metric(),
                        window.lane().customerId(),
                        window.start()))
                .orElse(false);
    }

    private Optional<String> refusal(Verdict verdict) throws SQLException {
        boolean corrects = verdict.kind() == Kind.LOST
                || verdict.kind() == Kind.DOUBLED
                || verdict.kind() == Kind.UNKNOWN_CUSTOMER
                || verdict.kind() == Kind.FOREIGN_WRITER;
        if (corrects && isBilled(verdict.window())) {
            return Optional.of("its hours are billed: settle it by a credit or an invoice item at Stripe");
        }
        return switch (verdict.kind()) {
            case LOST, DOUBLED, UNKNOWN_CUSTOMER -> Optional.empty();
            case FOREIGN_WRITER ->
                verdict.window().addsUp() && !evenForeign
                        ? Optional.of("somebody else writes to it: stop that first, then --repair-foreign")
                        : Optional.empty();
            case OK -> Optional.of("nothing to repair");
            case REJECTED -> whyNotToldAgain(verdict.window());
            case UNREPORTED -> Optional.of("the reporter has not told all of it");
            case LAG -> Optional.of("Stripe's summaries may still be behind");
            case AMBIGUOUS -> Optional.of("a report in it must be resolved first");
            case UNREADABLE -> Optional.of("Stripe could not be asked");
            case LEDGER -> Optional.of("a person must look at it");
        };
    }

    /** What Stripe refused for good is told again when a person, having mended the reason, asks for it. */
    private static Optional<String> whyNotToldAgain(Window window) {
        // Refused in its last call; nobody knows about those before.
        return window.refused().stream()
                .filter(report -> report.mode().addsUp() && report.attempts() > 1)
                .findFirst()
                .map(report -> "an earlier call may have arrived: look into Stripe's dashboard, then --resolve "
                        + report.identifier() + " --as accepted|lost");
    }

    private Optional<String> carryOut(Verdict verdict) throws SQLException {
        try {
            return database.inTransaction(connection -> {
                requireSame(connection, verdict.window());
                if (verdict.kind() == Kind.REJECTED) {
                    tellAgain(connection, verdict.window());
                } else {
                    correct(connection, verdict);
                }
                return Optional.empty();
            });
        } catch (NotNowException e) {
            // Thrown, so that the lane's row goes with the transaction.
            return Optional.of(e.reason);
        }
    }

    private static void tellAgain(Connection connection, Window window) throws SQLException {
        for (ReportLine refused : window.refused()) {
            Sql.update(
                    connection, MAKE_DUE, window.lane().metric(), window.lane().customerId(), refused.hour());
        }
    }

    private static void correct(Connection connection, Verdict verdict) throws SQLException {
        for (Correction correction : corrections(connection, verdict)) {
            write(connection, verdict, correction);
        }
    }

    /** @throws NotNowException when there are none */
    private static List<Correction> corrections(Connection connection, Verdict verdict) throws SQLException {
        boolean known = verdict.held().isRead();
        if (!known && !isMappedElsewhere(connection, verdict.window())) {
            throw new NotNowException("Stripe would not take it until the customer or the mapping is mended");
        }
        List<Correction> corrections = known ? Corrections.of(verdict) : Corrections.ofNothingHeld(verdict.window());
        if (corrections.isEmpty()) {
            throw new NotNowException(
                    known
                            ? "nothing was ever told of it: remove it in Stripe"
                            : "Stripe had confirmed it before it lost the customer: it may be on an invoice");
        }
        return corrections;
    }

    private static boolean isMappedElsewhere(Connection connection, Window window) throws SQLException {
        if (window.stripeSide().filter(side -> side.mode().isUsageRecord()).isPresent()) {
            return false;
        }
        String told = window.stripeSide().map(StripeSide::stripeCustomerId).orElse("");
        return Sql.first(
                        connection,
                        row -> row.getString(1),
                        MAPPED,
                        window.lane().customerId())
                .filter(customer -> !customer.equals(told))
                .isPresent();
    }

    private static void requireSame(Connection connection, Window window) throws SQLException {
        if (!LaneLock.take(connection, window.lane())) {
            throw new NotNowException("a report of the customer and meter is being told at this moment");
        }
        if (LaneCheck.again(connection, window).isEmpty()) {
            throw new NotNowException("it changed meanwhile");
        }
    }

    private static void write(Connection connection, Verdict verdict, Correction correction) throws SQLException {
        Lane lane = verdict.window().lane();
        ReportLine model = correction.model();
        String identifier = ObservedIdentifier.of(lane, correction);
        BigDecimal amount = correction.amount();
        Sql.update(
                connection,
                OBSERVE,
                identifier,
                lane.metric(),
                lane.customerId(),
                model.hour(),
                correction.sequence(),
                model.mode().configName(),
                model.target(),
                model.stripeCustomerId(),
                correction.value(),
                amount,
                model.timestamp(),
                newestTimestampThere(verdict.window(), model),
                verdict.kind() == Kind.UNKNOWN_CUSTOMER ? Judge.CUSTOMER_NOT_FOUND : null);
        String cause = "reconciliation: " + verdict.kind().word();
        Sql.update(connection, POST, lane.metric(), lane.customerId(), model.hour(), amount, cause, identifier);
        Sql.update(connection, MAKE_DUE, lane.metric(), lane.customerId(), model.hour());
    }

    /**
     * Of a billing period the newest timestamp wins at Stripe, and whose value it holds may have had any up to now: what is told next must
     * be newer. Some of the period is left for what is told after that.
     */
    private static Instant newestTimestampThere(Window window, ReportLine model) {
        if (model.mode() != ReportMode.PERIOD_TOTAL) {
            return model.timestamp();
        }
        Duration left = Duration.between(model.timestamp(), window.end());
        return window.end().minus(left.dividedBy(LEFT_FOR_LATER)).truncatedTo(ChronoUnit.SECONDS);
    }

    /** Ends the transaction without a trace. */
    private static final class NotNowException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String reason;

        NotNowException(String reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
