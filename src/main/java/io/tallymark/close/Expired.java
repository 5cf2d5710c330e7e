package io.tallymark.close;

import io.tallymark.config.CloseSettings;
import io.tallymark.database.Sql;
import io.tallymark.report.CarryHour;
import io.tallymark.report.ExpiredUsage;
import io.tallymark.usage.Meter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Usage of an invoice's period that Stripe takes no longer must not hold the invoice for ever: the next period bills it. */
final class Expired {
    private static final String CARRIED = """
            SELECT metric, sum(amount) AS amount, count(DISTINCT from_hour) AS hours, max(to_hour) AS to_hour FROM billing_carry
            WHERE customer_id = ? AND metric = ANY (?) AND from_hour >= ? AND from_hour < ? AND cause = ?
            GROUP BY metric ORDER BY metric
            """;

    private final CloseSettings settings;
    private final Set<String> additive;

    Expired(List<Meter> meters, CloseSettings settings) {
        this.settings = settings;
        this.additive = meters.stream()
                .filter(meter -> meter.aggregation().addsUp())
                .map(Meter::metric)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Carries it, if late usage is carried at all and there is a period to carry it to. */
    void carry(Connection connection, ClosingInvoice invoice) throws SQLException {
        if (!invoice.subscriptionLives()
                || invoice.customerId().isEmpty()
                || settings.late() != CloseSettings.Late.CARRY_FORWARD) {
            return;
        }
        for (String metric : invoice.metrics().stream().sorted().toList()) {
            if (additive.contains(metric)) {
                ExpiredUsage.carry(
                        connection,
                        invoice.customerId().get(),
                        metric,
                        invoice.billed(metric).start(),
                        invoice.billed(metric).end(),
                        CarryHour.of(invoice.carryTo(), Sql.now(connection)),
                        cause(invoice));
            }
        }
    }

    /** What was carried of the invoice's period, at whichever look. */
    List<Reason> carried(Connection connection, ClosingInvoice invoice) throws SQLException {
        return Sql.query(
                connection,
                row -> new Reason(
                        Reason.Kind.CARRIED,
                        row.getString("metric"),
                        row.getBigDecimal("amount").stripTrailingZeros().toPlainString() + " of " + row.getLong("hours")
                                + " hours could not be told for its own hour any more, and is billed with "
                                + Sql.instant(row, "to_hour")),
                CARRIED,
                invoice.customerId().orElse(""),
                invoice.metrics().toArray(String[]::new),
                invoice.start(),
                invoice.end(),
                cause(invoice));
    }

    private static String cause(ClosingInvoice invoice) {
        return "Stripe took it no longer for its own hour, invoice " + invoice.id();
    }
}
