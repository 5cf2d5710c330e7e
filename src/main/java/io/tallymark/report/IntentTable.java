package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.ReportMode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Statements on {@code stripe_report}. What an intent says is written once; only its fate changes. */
final class IntentTable {
    private static final int ERROR_CHARS = 1_000;

    private static final String COLUMNS = """
            report.identifier, report.metric, report.customer_id, report.period_start, report.sequence, report.mode,
            report.event_name, coalesce(report.stripe_customer_id, '') AS stripe_customer_id, report.value, report.amount,
            report.event_timestamp, report.state, report.attempts, report.first_sent_at, report.last_sent_at, report.doubted_at
            """;

    private static final String OF_HOURS = "SELECT " + COLUMNS + """
            FROM unnest(?::text[], ?::text[], ?::timestamptz[]) AS hour (metric, customer_id, period_start)
            JOIN stripe_report AS report USING (metric, customer_id, period_start)
            ORDER BY report.sequence
            """;

    private static final String INSERT = """
            INSERT INTO stripe_report (identifier, metric, customer_id, period_start, sequence, mode, event_name,
                stripe_customer_id, value, amount, event_timestamp, state, resolved_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, ?, CASE WHEN ? THEN now() END)
            """;

    private static final String BEGIN_ATTEMPT = """
            WITH lease AS (
                UPDATE report_lane SET called_at = now(), ready_at = now() + ? * interval '1 millisecond'
                WHERE metric = ? AND customer_id = ? AND claim_id = ? AND ready_at > now()
                RETURNING claim_id)
            UPDATE stripe_report SET state = 'sent', attempts = attempts + 1,
                first_sent_at = coalesce(first_sent_at, now()), last_sent_at = now()
            WHERE identifier = ? AND state IN ('pending', 'sent') AND EXISTS (SELECT FROM lease)
            """;

    private static final String LOCK_UNRESOLVED = "SELECT " + COLUMNS + """
            FROM stripe_report AS report WHERE identifier = ? AND state IN ('pending', 'sent') FOR UPDATE
            """;

    private static final String RESOLVE = """
            UPDATE stripe_report SET state = ?, resolved_at = now(), request_id = coalesce(nullif(?, ''), request_id),
                error = nullif(?, '')
            WHERE identifier = ?
            """;

    private static final String NOTE_ERROR = """
            UPDATE stripe_report SET request_id = coalesce(nullif(?, ''), request_id), error = nullif(?, '')
            WHERE identifier = ?
            """;

    private IntentTable() {}

    /** Every intent of the hours, by sequence. */
    static List<ReportIntent> ofHours(Connection connection, List<DueHour> hours) throws SQLException {
        return Sql.query(
                connection,
                IntentTable::read,
                OF_HOURS,
                textArray(hours.stream().map(DueHour::metric)),
                textArray(hours.stream().map(DueHour::customerId)),
                textArray(hours.stream().map(hour -> hour.start().toString())));
    }

    static void insert(Connection connection, List<ReportIntent> intents) throws SQLException {
        Sql.updateAll(connection, INSERT, intents.stream().map(IntentTable::row).toList());
    }

    /**
     * Announces a call.
     *
     * @param lease the lane's lease from now on: the call and its recording must fit
     * @return false when the lane is no longer the claim's or the intent's fate is known: no call may be made
     */
    static boolean beginAttempt(Connection connection, ClaimedReport claim, Duration lease) throws SQLException {
        return Sql.update(
                        connection,
                        BEGIN_ATTEMPT,
                        lease.toMillis(),
                        claim.hour().metric(),
                        claim.hour().customerId(),
                        claim.claimId(),
                        claim.report().identifier())
                == 1;
    }

    /** Locks an intent whose fate is not known yet; absent when it is. */
    static Optional<ReportIntent> lockUnresolved(Connection connection, String identifier) throws SQLException {
        return Sql.first(connection, IntentTable::read, LOCK_UNRESOLVED, identifier);
    }

    static void resolve(Connection connection, String identifier, ReportIntent.State state, Delivery delivery)
            throws SQLException {
        Sql.update(connection, RESOLVE, state.sqlName(), delivery.requestId(), error(delivery), identifier);
    }

    static void noteError(Connection connection, String identifier, Delivery delivery) throws SQLException {
        Sql.update(connection, NOTE_ERROR, delivery.requestId(), error(delivery), identifier);
    }

    private static String error(Delivery delivery) {
        String detail = delivery.detail();
        return detail.substring(0, Math.min(ERROR_CHARS, detail.length()));
    }

    private static Object[] row(ReportIntent intent) {
        DueHour hour = intent.hour();
        return new Object[] {
            intent.identifier(),
            hour.metric(),
            hour.customerId(),
            hour.start(),
            intent.sequence(),
            intent.mode().configName(),
            intent.eventName(),
            intent.stripeCustomerId(),
            intent.value(),
            intent.amount(),
            intent.timestamp(),
            intent.state().sqlName(),
            !intent.isUnresolved()
        };
    }

    private static ReportIntent read(ResultSet row) throws SQLException {
        return new ReportIntent(
                DueHour.of(row.getString("metric"), row.getString("customer_id"), Sql.instant(row, "period_start")),
                row.getString("identifier"),
                row.getInt("sequence"),
                mode(row.getString("mode")),
                row.getString("event_name"),
                row.getString("stripe_customer_id"),
                row.getBigDecimal("value"),
                row.getBigDecimal("amount"),
                Sql.instant(row, "event_timestamp"),
                ReportIntent.State.fromSql(row.getString("state")),
                row.getInt("attempts"),
                Sql.instantOrNull(row, "first_sent_at"),
                Sql.instantOrNull(row, "last_sent_at"),
                Sql.instantOrNull(row, "doubted_at"));
    }

    private static ReportMode mode(String configName) {
        return Arrays.stream(ReportMode.values())
                .filter(mode -> mode.configName().equals(configName))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "stripe_report holds mode " + configName + ", which this version does not know"));
    }

    private static String[] textArray(Stream<String> values) {
        return values.toArray(String[]::new);
    }
}
