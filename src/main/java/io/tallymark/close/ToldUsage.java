package io.tallymark.close;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the lines of an invoice whose hours are sealed with what Stripe was told of them: a sealed hour is told nothing more, so equal
 * now is equal for ever.
 */
final class ToldUsage {
    private static final String TOLD = """
            SELECT coalesce(sum(amount), 0)
                    -- Told in vain: it was carried, and told with another hour.
                    - (SELECT coalesce(sum(vain.amount), 0) FROM billing_carry AS vain
                       WHERE vain.told AND vain.customer_id = ? AND vain.metric = ? AND vain.from_hour >= ? AND vain.from_hour < ?) AS told,
                count(*) FILTER (WHERE state = 'accepted') AS unconfirmed,
                coalesce(bool_and(mode <> 'period-total'), true) AS additive
            FROM stripe_report
            WHERE customer_id = ? AND metric = ? AND period_start >= ? AND period_start < ?
                AND state IN ('accepted', 'confirmed', 'observed')
                AND (stripe_customer_id = ? OR mode LIKE 'usage-record%')
                -- Between the removal of an item and the next one it was told in vain.
                AND billed_hour(?, ?, metric, period_start)
            """;

    private final Database database;

    ToldUsage(Database database) {
        this.database = database;
    }

    private record Told(BigDecimal quantity, long unconfirmed, boolean additive) {}

    /** Why the invoice must not be finalized; empty: its lines are what was told and confirmed. */
    List<Reason> differences(ClosingInvoice invoice) throws SQLException {
        List<Reason> reasons = new ArrayList<>();
        for (String metric : invoice.metrics().stream().sorted().toList()) {
            Told told = read(invoice, metric);
            BigDecimal billed = invoice.billed(metric).quantity();
            if (told.unconfirmed() > 0) {
                reasons.add(new Reason(
                        Reason.Kind.UNCONFIRMED, metric, told.unconfirmed() + " reports came in during the check"));
            } else if (told.additive() && billed.compareTo(told.quantity().max(BigDecimal.ZERO)) != 0) {
                reasons.add(new Reason(
                        Reason.Kind.LINE_DIFFERS,
                        metric,
                        "the invoice shows " + billed.toPlainString() + ", and Stripe was told "
                                + told.quantity().toPlainString()));
            }
        }
        return reasons;
    }

    private Told read(ClosingInvoice invoice, String metric) throws SQLException {
        return database.inSnapshot(connection -> Sql.first(
                        connection,
                        row -> new Told(
                                row.getBigDecimal("told"), row.getLong("unconfirmed"), row.getBoolean("additive")),
                        TOLD,
                        invoice.customerId().orElseThrow(),
                        metric,
                        invoice.billed(metric).start(),
                        invoice.billed(metric).end(),
                        invoice.customerId().orElseThrow(),
                        metric,
                        invoice.billed(metric).start(),
                        invoice.billed(metric).end(),
                        invoice.stripeCustomerId(),
                        invoice.id(),
                        invoice.stripeCustomerId())
                .orElseThrow());
    }
}
