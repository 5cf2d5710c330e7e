package io.tallymark.report;

import io.tallymark.database.Sql;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Statements on {@code stripe_report}. What an intent says is written once; only its fate changes. */
final class IntentTable {
    private static final int ERROR_CHARS = 1_000;
    private static final String COLUMNS = """
            report.identifier, report.metric, report.customer_id, report.period_start, report.sequence, report.mode,
            report.event_name, coalesce(report.stripe_customer_id, '') AS stripe_customer_id, report.value, report.amount,
            report.event_timestamp, report.state, report.attempts, report.first_sent_at, report.last_sent_at, report.doubted_at,
            report.state = 'observed' AND report.stripe_error IS NOT NULL AS freed
            """;

    private static final String OF_HOURS = "SELECT " + COLUMNS + """
            FROM unnest(?::text[], ?::text[], ?::timestamptz[]) AS hour (metric, customer_id, period_start)
            JOIN stripe_report AS report USING (metric, customer_id, period_start)
            ORDER BY report.sequence
            """;

    private static final String INSERT = """
            INSERT INTO stripe_report (identifier, metric, customer_id, period_start, sequence, mode, event_name,
                stripe_customer_id, value, amount, event_timestamp, state, resolved_at)
            SELECT identifier, metric, customer_id, period_start, sequence, mode, target, nullif(stripe_customer_id, ''), value,
                amount, event_timestamp, state, CASE WHEN state = 'expired' THEN report_now() END
            FROM unnest(?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::integer[], ?::text[], ?::text[], ?::text[],
                ?::numeric[], ?::numeric[], ?::timestamptz[], ?::text[])
                AS intent (identifier, metric, customer_id, period_start, sequence, mode, target, stripe_customer_id, value,
                    amount, event_timestamp, state)
            """;

    private static final String BEGIN_CALLS = """
            UPDATE stripe_report SET state = 'sent', attempts = attempts + 1,
                first_sent_at = coalesce(first_sent_at, report_now()), last_sent_at = report_now()
            WHERE identifier = ANY (?) AND state IN ('pending', 'sent') RETURNING identifier
            """;

    // A question leaves no trace: what was sent when decides about the next one.
    private static final String BEGIN_QUESTIONS =
            "SELECT identifier FROM stripe_report WHERE identifier = ANY (?) AND state IN ('pending', 'sent')";

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
        if (intents.isEmpty()) {
            return;
        }
        Sql.update(
                connection,
                INSERT,
                texts(intents, ReportIntent::identifier),
                texts(intents, intent -> intent.hour().metric()),
                texts(intents, intent -> intent.hour().customerId()),
                texts(intents, intent -> intent.hour().start().toString()),
                intents.stream().map(ReportIntent::sequence).toArray(Integer[]::new),
                texts(intents, intent -> intent.mode().configName()),
                texts(intents, ReportIntent::eventName),
                texts(intents, ReportIntent::stripeCustomerId),
                intents.stream().map(ReportIntent::value).toArray(BigDecimal[]::new),
                intents.stream().map(ReportIntent::amount).toArray(BigDecimal[]::new),
                texts(intents, intent -> intent.timestamp().toString()),
                texts(intents, intent -> intent.state().sqlName()));
    }

    /**
     * Announces the calls of claims that hold their lanes.
     *
     * @return the identifiers of those that may be made; the fate of the others is known
     */
    static Set<String> begin(Connection connection, List<ClaimedReport> claims) throws SQLException {
        Map<Boolean, List<String>> byKind = claims.stream()
                .collect(Collectors.partitioningBy(
                        claim -> claim.readBack().asked(),
                        Collectors.mapping(claim -> claim.report().identifier(), Collectors.toList())));
        Set<String> begun = new HashSet<>(identifiers(connection, BEGIN_CALLS, byKind.get(false)));
        begun.addAll(identifiers(connection, BEGIN_QUESTIONS, byKind.get(true)));
        return begun;
    }

    private static List<String> identifiers(Connection connection, String sql, @Nullable List<String> identifiers)
            throws SQLException {
        return identifiers == null || identifiers.isEmpty()
                ? List.of()
                : Sql.query(connection, row -> row.getString(1), sql, (Object) identifiers.toArray(String[]::new));
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

    /** Marks a total as lost that cannot be repeated: another one takes its place. */
    static void giveUp(Connection connection, ReportIntent spent) throws SQLException {
        String reason = spent.doubtedAt().isPresent()
                ? "Stripe keeps a failure under its key: told anew"
                : "its timestamp became too old for Stripe: told anew";
        Delivery lost = new Delivery(Delivery.Outcome.LOST, "", reason, 0);
        resolve(connection, List.of(new Fate(spent.identifier(), ReportIntent.State.LOST, true, lost)));
    }

    /** Leaves a report to a person. */
    static void hold(Connection connection, ReportIntent sent, String reason) throws SQLException {
        Delivery ambiguous = new Delivery(Delivery.Outcome.AMBIGUOUS, "", reason, 0);
        resolve(connection, List.of(new Fate(sent.identifier(), ReportIntent.State.AMBIGUOUS, true, ambiguous)));
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
                Sql.instantOrNull(row, "doubted_at"),
                row.getBoolean("freed"));
    }

    static ReportMode mode(String configName) {
        return Arrays.stream(ReportMode.values())
                .filter(mode -> mode.configName().equals(configName))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "stripe_report holds mode " + configName + ", which this version does not know"));
    }

    private static String[] texts(List<ReportIntent> intents, Function<ReportIntent, String> field) {
        return textArray(intents.stream().map(field));
    }

    private static String[] textArray(Stream<String> values) {
        return values.toArray(String[]::new);
    }
}
