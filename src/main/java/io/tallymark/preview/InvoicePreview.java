package io.tallymark.preview;

import io.tallymark.billing.LiveSubscription;
import io.tallymark.billing.Mirror;
import io.tallymark.billing.UnbilledUsage;
import io.tallymark.catalog.Catalog;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeInvoice;
import io.tallymark.stripe.StripeInvoiceLine;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reckons the next invoice of a customer from the table and the catalog, beside Stripe's preview of it. Changes nothing but the mirror.
 */
public final class InvoicePreview {
    private static final int MOST_READINGS = 3;

    private static final String CHANGES = """
            SELECT changed_at FROM billing_change
            WHERE customer_id = ? AND subscription_id = ? AND kind IN ('change now', 'change at hour end') AND ? = ANY (metrics)
                AND changed_at > ? AND changed_at < ?
            ORDER BY changed_at
            """;

    private final Database database;
    private final StripeBilling stripe;
    private final Mirror mirror;
    private final Catalog catalog;
    private final UsageBooks books;
    private final boolean unbilledHolds;

    /**
     * @param meters of tallymark.yaml
     * @param unbilledHolds whether usage that nothing bills is a difference: {@code close.unsold-usage: hold}
     */
    public InvoicePreview(
            Database database,
            StripeBilling stripe,
            Mirror mirror,
            Catalog catalog,
            List<Meter> meters,
            boolean unbilledHolds) {
        this.database = database;
        this.stripe = stripe;
        this.mirror = mirror;
        this.catalog = catalog;
        this.books = new UsageBooks(meters);
        this.unbilledHolds = unbilledHolds;
    }

    /**
     * Compares. While a reporter tells Stripe usage between the readings of both, it reads again.
     *
     * @throws UserError when nobody has mapped the customer, it has no live subscription or several, or Stripe shows no next invoice
     */
    public Preview of(String customerId) throws SQLException {
        LiveSubscription live = mirror.live(customerId);
        PriceBook prices = new PriceBook(stripe, catalog);
        StripeInvoice theirs = read(live);
        for (int reading = 1; ; reading++) {
            Preview preview = compare(live, prices, theirs);
            StripeInvoice again = read(live);
            if (reading == MOST_READINGS || sameLines(theirs, again)) {
                return preview;
            }
            theirs = again;
        }
    }

    private StripeInvoice read(LiveSubscription live) {
        return stripe.preview(
                live.subscription().customer(), live.subscription().id());
    }

    private Preview compare(LiveSubscription live, PriceBook prices, StripeInvoice theirs) throws SQLException {
        Due due = Due.of(live.subscription());
        Sheet sheet = new Sheet();
        Fees fees = new Fees(live, due, prices, sheet);
        Map<String, List<StripeInvoiceLine>> linesByMetric = new TreeMap<>();
        for (StripeInvoiceLine line : theirs.lines()) {
            String metric = line.priceId().isEmpty()
                    ? ""
                    : mirror.metricOfPrice(line.priceId()).orElse("");
            if (metric.isEmpty()) {
                fees.theirs(line);
            } else {
                sheet.theirs(Part.USAGE, prices.price(line.priceId()), Figures.of(line));
                linesByMetric.computeIfAbsent(metric, any -> new ArrayList<>()).add(line);
            }
        }
        live.metricByItem().values().forEach(metric -> linesByMetric.putIfAbsent(metric, List.of()));
        List<Untold> untold =
                database.inSnapshot(connection -> usage(connection, live, due, prices, sheet, linesByMetric));
        fees.ours(stripe);
        return new Preview(
                live.customerId(),
                live.subscription().id(),
                theirs.currency(),
                due.start(),
                due.end(),
                sheet.lines(),
                sheet.comparisons(),
                untold,
                unbilled(live, due, linesByMetric),
                unbilledHolds,
                theirs.total());
    }

    private List<Untold> usage(
            Connection connection,
            LiveSubscription live,
            Due due,
            PriceBook prices,
            Sheet sheet,
            Map<String, List<StripeInvoiceLine>> linesByMetric)
            throws SQLException {
        Stretches stretches = new Stretches(live, due);
        List<Untold> untold = new ArrayList<>();
        for (Map.Entry<String, List<StripeInvoiceLine>> entry : linesByMetric.entrySet()) {
            String metric = entry.getKey();
            List<Instant> changes = Sql.query(
                    connection,
                    row -> Sql.instant(row, "changed_at"),
                    CHANGES,
                    live.customerId(),
                    live.subscription().id(),
                    metric,
                    due.start(),
                    due.end());
            if (books.isUnreported(connection, live.customerId(), metric, due)) {
                live.subscription().items().stream()
                        .filter(item -> metric.equals(live.metricByItem().get(item.id())))
                        .forEach(item -> sheet.unknown(
                                Part.USAGE,
                                prices.price(item.priceId()),
                                "usage of " + metric
                                        + " waits for its first report; run ./tallymark sync, or the job"));
            }
            Map<Stretch, UsageBooks.Hours> hours = new LinkedHashMap<>();
            for (Stretch stretch : stretches.of(metric, entry.getValue(), changes)) {
                hours.put(stretch, books.read(connection, live.customerId(), metric, stretch.from(), stretch.to()));
            }
            new MetricUsage(metric, books.addsUp(metric), prices, sheet)
                    .reckon(hours)
                    .ifPresent(untold::add);
        }
        return untold;
    }

    /** What the mirror has no item for, and Stripe no line: an item may have come and gone between two readings. */
    private List<UnbilledUsage> unbilled(
            LiveSubscription live, Due due, Map<String, List<StripeInvoiceLine>> linesByMetric) throws SQLException {
        return database
                .inSnapshot(connection -> UnbilledUsage.find(connection, live.customerId(), due.start(), due.end()))
                .stream()
                .filter(usage -> linesByMetric.getOrDefault(usage.metric(), List.of()).stream()
                        .noneMatch(line -> !line.periodStart().isAfter(usage.first())
                                && line.periodEnd().isAfter(usage.last())))
                .toList();
    }

    /** Ids may be made up anew for each preview. */
    private static boolean sameLines(StripeInvoice left, StripeInvoice right) {
        return figures(left).equals(figures(right));
    }

    private static List<List<Object>> figures(StripeInvoice invoice) {
        return invoice.lines().stream()
                .map(line -> List.<Object>of(
                        line.priceId(), line.quantity(), line.amount(), line.periodStart(), line.periodEnd()))
                .toList();
    }
}
