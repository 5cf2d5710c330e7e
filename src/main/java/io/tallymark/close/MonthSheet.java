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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The month-end sheet: for each invoice and metric what the table, the ledger, Stripe's summaries and the invoice say. Changes nothing. */
public final class MonthSheet {
    private static final String MONEY = """
            SELECT coalesce(line.metric, '') AS metric, invoice.currency, sum(line.quantity) AS quantity, sum(line.amount) AS amount
            FROM billing_invoice AS invoice JOIN billing_invoice_line AS line USING (invoice_id)
            WHERE invoice_id = ? GROUP BY 1, 2
            """;

    private static final String LEDGER = """
            SELECT metric, sum(CASE WHEN to_account = 'reported' THEN amount ELSE -amount END) AS reported
            FROM ledger_entry
            WHERE customer_id = ? AND period_start >= ? AND period_start < ? AND 'reported' IN (from_account, to_account)
            GROUP BY metric
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

    /** What the database says of one invoice, in one snapshot. */
    private record Books(
            ClosingInvoice invoice,
            Map<String, Money> money,
            Map<String, BigDecimal> table,
            Map<String, BigDecimal> ledger,
            Map<String, BigDecimal> carried,
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
            metrics.addAll(invoice.metrics());
            metrics.forEach(metric -> rows.add(row(books, metric)));
        }
        return rows;
    }

    private Books books(Connection connection, ClosingInvoice invoice) throws SQLException {
        Map<String, Money> money = new HashMap<>();
        Sql.query(connection, row -> money.put(row.getString("metric"), money(row)), MONEY, invoice.id());
        Map<String, BigDecimal> ledger = new HashMap<>();
        Map<String, BigDecimal> table = new HashMap<>();
        Map<String, BigDecimal> carried = new HashMap<>();
        Optional<String> customer = invoice.customerId();
        if (customer.isPresent()) {
            table.putAll(usage.of(connection, invoice));
            for (String metric : invoice.metrics()) {
                BigDecimal told = carried(connection, invoice, customer.get(), metric);
                carried.put(metric, told);
                table.merge(metric, told, BigDecimal::add);
            }
            Sql.query(
                    connection,
                    row -> ledger.put(row.getString("metric"), row.getBigDecimal("reported")),
                    LEDGER,
                    customer.get(),
                    invoice.start(),
                    invoice.end());
        }
        String reasons = Sql.query(
                        connection, row -> Optional.ofNullable(row.getString("reasons")), REASONS, invoice.id())
                .get(0)
                .orElse("");
        return new Books(invoice, money, table, ledger, carried, CloseTable.find(connection, invoice.id()), reasons);
    }

    private static BigDecimal carried(Connection connection, ClosingInvoice invoice, String customer, String metric)
            throws SQLException {
        ClosingInvoice.Billed billed = invoice.billed(metric);
        return Sql.first(
                        connection,
                        row -> row.getBigDecimal(1),
                        CARRIED,
                        customer,
                        metric,
                        billed.start(),
                        billed.end())
                .orElse(BigDecimal.ZERO);
    }

    private SheetRow row(Books books, String metric) {
        ClosingInvoice invoice = books.invoice();
        boolean fee = metric.isEmpty();
        Optional<Money> money = Optional.ofNullable(books.money().get(metric));
        Optional<CloseTable.Entry> close = books.close();
        return new SheetRow(
                invoice.customerId().orElse(""),
                invoice.id(),
                close.map(entry -> entry.state().name().toLowerCase(Locale.ROOT))
                        .orElse("open"),
                invoice.start(),
                invoice.end(),
                metric,
                fee ? null : books.table().getOrDefault(metric, BigDecimal.ZERO),
                fee ? null : books.ledger().getOrDefault(metric, BigDecimal.ZERO),
                fee ? null : held(invoice, metric),
                books.carried().getOrDefault(metric, BigDecimal.ZERO),
                fee ? null : money.map(Money::quantity).orElse(BigDecimal.ZERO),
                money.map(Money::amount).orElse(BigDecimal.ZERO),
                books.money().values().stream().map(Money::currency).findFirst().orElse(""),
                invoice.status(),
                close.map(CloseTable.Entry::closedAt).orElse(null),
                close.map(CloseTable.Entry::closedBy).orElse(null),
                books.reasons());
    }

    private @Nullable BigDecimal held(ClosingInvoice invoice, String metric) {
        Meter.StripeReport report = reports.get(metric);
        // Usage records are known by item and period only; reconciliation compares those.
        if (report == null || report.mode().isUsageRecord()) {
            return null;
        }
        return stripe.held(new UsageQuestion(
                        report.mode(),
                        report.eventName(),
                        invoice.stripeCustomerId(),
                        invoice.start(),
                        invoice.carryTo(),
                        false))
                .total()
                .orElse(null);
    }

    private static Money money(ResultSet row) throws SQLException {
        return new Money(row.getString("currency"), row.getBigDecimal("quantity"), row.getBigDecimal("amount"));
    }
}
