package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.ReportMode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Statements on {@code stripe_report}. What an intent says is written once; only its fate changes. */
final class IntentTable {
    private static final int ERROR_CHARS = 1_000;
    private static final Delivery TOLD_ANEW =
            new Delivery(Delivery.Outcome.LOST, "", "Stripe keeps a failure under its key: told anew", 0);

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
            VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, ?, CASE WHEN ? THEN report_now() END)
            """;

    // The lanes are locked in the order in which everybody locks them. A question leaves no trace: what was sent when
    // decides
    // about the next one.
    private static final String BEGIN = """
            WITH claim AS MATERIALIZED (
                SELECT * FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::boolean[])
                    AS claim (metric, customer_id, claim_id, identifier, asked)),
            held AS MATERIALIZED (
                SELECT lane.metric, lane.customer_id, claim.identifier, claim.asked
                FROM report_lane AS lane JOIN claim ON lane.metric = claim.metric AND lane.customer_id = claim.customer_id
                WHERE lane.claim_id = claim.claim_id AND lane.ready_at > report_now()
                ORDER BY lane.metric, lane.customer_id FOR UPDATE OF lane),
            leased AS (
                UPDATE report_lane AS lane
                SET called_at = report_now(), ready_at = report_now() + ? * interval '1 millisecond'
                FROM held WHERE lane.metric = held.metric AND lane.customer_id = held.customer_id
                RETURNING held.identifier, held.asked)
            UPDATE stripe_report AS report SET
                state = CASE WHEN leased.asked THEN state ELSE 'sent' END,
                attempts = attempts + CASE WHEN leased.asked THEN 0 ELSE 1 END,
                first_sent_at = CASE WHEN leased.asked THEN first_sent_at ELSE coalesce(first_sent_at, report_now()) END,
                last_sent_at = CASE WHEN leased.asked THEN last_sent_at ELSE report_now() END
            FROM leased WHERE report.identifier = leased.identifier AND state IN ('pending', 'sent')
            RETURNING report.identifier
            """;

    private static final String LOCK_UNRESOLVED = "SELECT " + COLUMNS + """
            FROM stripe_report AS report WHERE identifier = ANY (?) AND state IN ('pending', 'sent')
            ORDER BY identifier FOR UPDATE
            """;

    private static final String RESOLVE = """
            UPDATE stripe_report AS report SET state = fate.state,
                resolved_at = CASE WHEN fate.state IN ('pending', 'sent', 'ambiguous') THEN NULL ELSE report_now() END,
                doubted_at = CASE WHEN fate.doubted THEN coalesce(doubted_at, report_now()) END,
                request_id = coalesce(nullif(fate.request_id, ''), report.request_id),
                error = nullif(fate.error, '')
            FROM unnest(?::text[], ?::text[], ?::boolean[], ?::text[], ?::text[])
                AS fate (identifier, state, doubted, request_id, error)
            WHERE report.identifier = fate.identifier
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
     * Announces calls.
     *
     * @param lease the lanes' leases from now on: a call and its recording must fit
     * @return the identifiers of those that may be made; for the rest the lane is no longer the claim's, or the intent's fate is known
     */
    static Set<String> begin(Connection connection, List<ClaimedReport> claims, Duration lease) throws SQLException {
        return Set.copyOf(Sql.query(
                connection,
                row -> row.getString(1),
                BEGIN,
                textArray(claims.stream().map(claim -> claim.hour().metric())),
                textArray(claims.stream().map(claim -> claim.hour().customerId())),
                claims.stream().map(ClaimedReport::claimId).toArray(Long[]::new),
                textArray(claims.stream().map(claim -> claim.report().identifier())),
                claims.stream().map(claim -> claim.readBack().asked()).toArray(Boolean[]::new),
                lease.toMillis()));
    }

    /** Locks those intents whose fate is not known yet, by identifier. */
    static Map<String, ReportIntent> lockUnresolved(Connection connection, List<String> identifiers)
            throws SQLException {
        return Sql.query(connection, IntentTable::read, LOCK_UNRESOLVED, (Object) textArray(identifiers.stream()))
                .stream()
                .collect(Collectors.toMap(ReportIntent::identifier, Function.identity()));
    }

    /**
     * What became of an intent.
     *
     * @param state its state from now on
     * @param doubted whether only reading back can tell whether it arrived
     */
    record Fate(String identifier, ReportIntent.State state, boolean doubted, Delivery delivery) {}

    /** Marks a doubted total as lost: another one takes its place. */
    static void giveUp(Connection connection, ReportIntent doubted) throws SQLException {
        resolve(connection, List.of(new Fate(doubted.identifier(), ReportIntent.State.LOST, true, TOLD_ANEW)));
    }

    static void resolve(Connection connection, List<Fate> fates) throws SQLException {
        if (fates.isEmpty()) {
            return;
        }
        Sql.update(
                connection,
                RESOLVE,
                textArray(fates.stream().map(Fate::identifier)),
                textArray(fates.stream().map(fate -> fate.state().sqlName())),
                fates.stream().map(Fate::doubted).toArray(Boolean[]::new),
                textArray(fates.stream().map(fate -> fate.delivery().requestId())),
                textArray(fates.stream().map(fate -> error(fate.delivery()))));
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
