package io.tallymark.close;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The month-end sheet: for each invoice and metric what the table, the ledger, Stripe's summaries and the invoice say. Changes nothing. */
public final class MonthSheet {
    private static final String MONEY = """
            SELECT coalesce(line.metric, '') AS metric, invoice.currency, sum(line.quantity) AS quantity, sum(line.amount) AS amount
            FROM billing_invoice AS invoice JOIN billing_invoice_line AS line USING (invoice_id)
            WHERE invoice_id = ? GROUP BY 1, 2
            """;

    // Each payer of a customer has what was told under it.
    private static final String LEDGER = """
            SELECT coalesce(sum(CASE WHEN to_account = 'reported' THEN amount ELSE -amount END), 0) FROM ledger_entry AS entry
            WHERE customer_id = ? AND metric = ? AND period_start >= ? AND period_start < ? AND 'reported' IN (from_account, to_account)
                AND NOT EXISTS (
                    SELECT FROM stripe_report AS report
                    WHERE report.identifier = entry.report_identifier AND report.stripe_customer_id <> ?
                        AND report.mode NOT LIKE 'usage-record%')
            """;

    private static final String CARRIED = """
            SELECT coalesce(sum(amount), 0) FROM billing_carry
            WHERE told AND customer_id = ? AND metric = ? AND from_hour >= ? AND from_hour < ?
            """;

    private static final String REASONS = """
            SELECT string_agg(concat_ws(' ', reason ->> 'reason', nullif(reason ->> 'metric', '')), ', ') AS reasons
            FROM billing_close, jsonb_array_elements(reasons) AS reason WHERE invoice_id = ?
            """;

    private final Database database;
    private final ReportSender stripe;
    private final Map<String, Meter.StripeReport> reports = new HashMap<>();
    private final PeriodUsage usage;

    /** @param stripe stays the caller's to close */
    public MonthSheet(Database database, ReportSender stripe, List<Meter> meters) {
        this.database = database;
        this.stripe = stripe;
        this.usage = new PeriodUsage(meters);
        meters.forEach(meter -> meter.stripe().ifPresent(report -> reports.put(meter.metric(), report)));
    }

    private record Money(String currency, BigDecimal quantity, BigDecimal amount) {}

    /** Of a metric: what its lines bill, and what was used while no item billed it. */
    private record Figures(
            Instant start, Instant end, BigDecimal table, BigDecimal ledger, BigDecimal carried, BigDecimal unsold) {}

    /** What the database says of one invoice, in one snapshot. */
    private record Books(
            ClosingInvoice invoice,
            Map<String, Money> money,
            Map<String, Figures> figures,
            Optional<CloseTable.Entry> close,
            String reasons) {}

    /**
     * Reads the invoices that bill usage.
     *
     * @param customerId only this customer's; null: all
     * @param from their period ends after it; null: whenever
     * @param to their period ends then or before; null with {@code from}
     */
    public List<SheetRow> rows(@Nullable String customerId, @Nullable Instant from, @Nullable Instant to)
            throws SQLException {
        List<SheetRow> rows = new ArrayList<>();
        List<ClosingInvoice> invoices = database.inSnapshot(
                connection -> InvoiceReader.all(connection, new InvoiceReader.Wanted(customerId, from, to)));
        for (ClosingInvoice invoice : invoices) {
            Books books = database.inSnapshot(connection -> books(connection, invoice));
            TreeSet<String> metrics = new TreeSet<>(books.money().keySet());
            metrics.addAll(books.figures().keySet());
            metrics.addAll(invoice.metrics());
            metrics.forEach(metric -> rows.add(row(books, metric)));
        }
        return rows;
    }

    private Books books(Connection connection, ClosingInvoice invoice) throws SQLException {
        Map<String, Money> money = new HashMap<>();
        Sql.query(connection, row -> money.put(row.getString("metric"), money(row)), MONEY, invoice.id());
        Map<String, Figures> figures = new HashMap<>();
        if (invoice.customerId().isPresent()) {
            Map<String, BigDecimal> used = usage.of(connection, invoice);
            Map<String, PeriodUsage.Part> unsold = usage.unsold(connection, invoice);
            Set<String> shown = new TreeSet<>(invoice.metrics());
            // Nothing bills them, so that nobody else would say it.
            unsold.keySet().stream().filter(usage::addsUp).forEach(shown::add);
            for (String metric : shown) {
                BigDecimal table = used.getOrDefault(metric, BigDecimal.ZERO);
                PeriodUsage.Part vain = usage.addsUp(metric) ? unsold.get(metric) : null;
                figures.put(metric, figures(connection, invoice, metric, table, vain));
            }
        }
        String reasons = Sql.query(
                        connection, row -> Optional.ofNullable(row.getString("reasons")), REASONS, invoice.id())
                .get(0)
                .orElse("");
        return new Books(invoice, money, figures, CloseTable.find(connection, invoice.id()), reasons);
    }

    private static Figures figures(
            Connection connection,
            ClosingInvoice invoice,
            String metric,
            BigDecimal used,
            PeriodUsage.@Nullable Part unsold)
            throws SQLException {
        ClosingInvoice.Billed billed = invoice.billed(metric);
        Instant start = unsold != null && unsold.start().isBefore(billed.start()) ? unsold.start() : billed.start();
        Instant end = unsold != null && unsold.end().isAfter(billed.end()) ? unsold.end() : billed.end();
        String customer = invoice.customerId().orElseThrow();
        BigDecimal vain = unsold == null ? BigDecimal.ZERO : unsold.quantity();
        BigDecimal carried = sum(connection, CARRIED, customer, metric, start, end);
        BigDecimal ledger = sum(connection, LEDGER, customer, metric, start, end, invoice.stripeCustomerId());
        return new Figures(start, end, used.add(carried).add(vain), ledger, carried, vain);
    }

    private static BigDecimal sum(Connection connection, String sql, Object... arguments) throws SQLException {
        return Sql.first(connection, row -> row.getBigDecimal(1), sql, arguments)
                .orElseThrow();
    }

    private SheetRow row(Books books, String metric) {
        ClosingInvoice invoice = books.invoice();
        boolean fee = metric.isEmpty();
        Optional<Money> money = Optional.ofNullable(books.money().get(metric));
        Optional<CloseTable.Entry> close = books.close();
        Figures figures = Optional.ofNullable(books.figures().get(metric))
                .orElse(new Figures(
                        invoice.start(),
                        invoice.end(),
                        BigDecimal.ZERO,
                        BigDecimal.ZERO,
                        BigDecimal.ZERO,
                        BigDecimal.ZERO));
        return new SheetRow(
                invoice.customerId().orElse(""),
                invoice.id(),
                close.map(entry -> entry.state().name().toLowerCase(Locale.ROOT))
                        .orElse("open"),
                invoice.start(),
                invoice.end(),
                metric,
                fee ? null : figures.table(),
                fee ? null : figures.ledger(),
                fee ? null : held(invoice, metric, figures),
                figures.carried(),
                figures.unsold(),
                fee ? null : money.map(Money::quantity).orElse(BigDecimal.ZERO),
                money.map(Money::amount).orElse(BigDecimal.ZERO),
                books.money().values().stream().map(Money::currency).findFirst().orElse(""),
                invoice.status(),
                close.map(CloseTable.Entry::closedAt).orElse(null),
                close.map(CloseTable.Entry::closedBy).orElse(null),
                books.reasons());
    }

    private @Nullable BigDecimal held(ClosingInvoice invoice, String metric, Figures figures) {
        Meter.StripeReport report = reports.get(metric);
        // Usage records are known by item and period only; reconciliation compares those.
        if (report == null || report.mode().isUsageRecord()) {
            return null;
        }
        return stripe.held(new UsageQuestion(
                        report.mode(),
                        report.eventName(),
                        invoice.stripeCustomerId(),
                        fullHour(figures.start()),
                        fullHour(figures.end()),
                        false))
                .total()
                .orElse(null);
    }

    /** The hours that begin in a stretch, whatever cuts the one before it. */
    private static Instant fullHour(Instant instant) {
        Instant hour = instant.truncatedTo(ChronoUnit.HOURS);
        return hour.isBefore(instant) ? hour.plus(1, ChronoUnit.HOURS) : hour;
    }

    private static Money money(ResultSet row) throws SQLException {
        return new Money(row.getString("currency"), row.getBigDecimal("quantity"), row.getBigDecimal("amount"));
    }
}
