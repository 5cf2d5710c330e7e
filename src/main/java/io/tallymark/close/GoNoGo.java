package io.tallymark.close;

import io.tallymark.config.CloseSettings;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.reconcile.Finding;
import io.tallymark.reconcile.Kind;
import io.tallymark.reconcile.Reconciled;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.reconcile.Scope;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether an invoice may be finalized: every hour of its period closed, told, accepted and shown by Stripe's summaries, and its
 * lines equal to the table. Asks Stripe and changes nothing but that what agrees counts as confirmed.
 */
final class GoNoGo {
    private static final int MOST_FINDINGS = 20;

    private static final String TOO_LATE =
            ": Stripe takes nothing more about its hour. With late-after-close: carry-forward it is"
                    + " billed with the next period, unless Stripe may have it or it does not add up; else bill it by hand, and"
                    + " ./tallymark close --accept";

    private static final String NOT_WHOLE =
            "; void or correct the usage, or bill it by hand and ./tallymark close --accept";

    private static final String REMAPPED =
            "; the customer was mapped to another Stripe customer, and each pays what was told under"
                    + " it: compare both invoices by hand, then ./tallymark close --accept";

    private static final String WATERMARK = "SELECT watermark FROM metering_progress WHERE topic = ?";

    private static final String OPEN_ROWS = """
            SELECT count(DISTINCT period_start) FROM usage_hourly
            WHERE customer_id = ? AND NOT closed AND period_start >= ? AND period_start < ?
            """;

    // Whether the table's total and what was told differ decides, not the row: one of an hour that is told already goes
    // at the next tick.
    private static final String WAITING = """
            SELECT metric, why, min(period_start) AS oldest, count(DISTINCT period_start) AS hours
            FROM (SELECT due.metric, due.period_start,
                      coalesce('waits: ' || due.waiting_for, 'due: the reporter is about to tell it') AS why
                  FROM reported_meter JOIN report_due AS due USING (metric)
                  WHERE due.customer_id = ? AND due.period_start >= ? AND due.period_start < ?
                      AND (SELECT coalesce(sum(hour.quantity), 0) FROM usage_hourly AS hour
                           WHERE hour.metric = due.metric AND hour.customer_id = due.customer_id
                              AND hour.period_start = due.period_start AND hour.closed)
                          + carried_usage(due.metric, due.customer_id, due.period_start)
                          <> (SELECT coalesce(sum(told.amount), 0) FROM stripe_report AS told
                              WHERE told.metric = due.metric AND told.customer_id = due.customer_id
                                  AND told.period_start = due.period_start
                                  AND told.state IN ('accepted', 'confirmed', 'observed'))
                  UNION ALL
                  SELECT report.metric, report.period_start,
                      CASE report.state WHEN 'ambiguous' THEN 'ambiguous: nobody knows the fate of ' || report.identifier
                          ELSE 'the fate of ' || report.identifier || ' is not known yet' END
                  FROM reported_meter JOIN stripe_report AS report USING (metric)
                  WHERE report.customer_id = ? AND report.period_start >= ? AND report.period_start < ?
                      AND report.state IN ('pending', 'sent', 'ambiguous')) AS waiting
            GROUP BY metric, why ORDER BY metric, oldest LIMIT ?
            """;

    private static final String SOLD_TWICE = """
            SELECT item.metric, string_agg(DISTINCT subscription_id, ', ') AS subscriptions
            FROM billing_subscription_item AS item JOIN billing_subscription USING (subscription_id)
            WHERE stripe_customer_id = ? AND item.metric = ANY (?) AND item.created_at < ?
                AND (item.removed_at IS NULL OR item.removed_at > ?) AND (ended_at IS NULL OR date_trunc('hour', ended_at, 'UTC') > ?)
            GROUP BY item.metric HAVING count(DISTINCT subscription_id) > 1
            """;

    private final Database database;
    private final Reconciliation reconciliation;
    private final PeriodUsage usage;
    private final String topic;
    private final CloseSettings settings;

    /** @param topic whose watermark closes hours */
    GoNoGo(Database database, Reconciliation reconciliation, List<Meter> meters, String topic, CloseSettings settings) {
        this.database = database;
        this.reconciliation = reconciliation;
        this.usage = new PeriodUsage(meters);
        this.topic = topic;
        this.settings = settings;
    }

    /** Why not; empty: go. Stripe is asked only when nothing else stands in the way: that is a month of summaries for each meter. */
    List<Reason> reasons(ClosingInvoice invoice) throws SQLException {
        List<Reason> plain = plainReasons(invoice);
        if (!plain.isEmpty()) {
            return plain;
        }
        List<Reason> reasons =
                new ArrayList<>(stripeSide(invoice, invoice.customerId().orElseThrow()));
        reasons.addAll(database.inSnapshot(connection -> tables(connection, invoice)));
        return reasons;
    }

    /** Why it cannot be let go now, whatever Stripe says; empty: Stripe has to be asked. Makes no call. */
    List<Reason> plainReasons(ClosingInvoice invoice) throws SQLException {
        Optional<String> customer = invoice.customerId();
        if (customer.isEmpty()) {
            return List.of(
                    new Reason(Reason.Kind.UNMAPPED, "", "no customer is mapped to " + invoice.stripeCustomerId()));
        }
        return database.inSnapshot(connection -> {
            List<Reason> waiting = waiting(connection, invoice, customer.get());
            boolean open = openHours(connection, invoice, customer.get()).isPresent();
            if (waiting.isEmpty() && !open) {
                return List.of();
            }
            List<String> reviewed = waiting.stream()
                    .filter(reason -> reason.kind() == Reason.Kind.REVIEW)
                    .map(Reason::metric)
                    .toList();
            // That the lines lack what waits for a review says nothing of items and prices.
            tables(connection, invoice).stream()
                    .filter(reason -> reason.kind() != Reason.Kind.LINE_DIFFERS || !reviewed.contains(reason.metric()))
                    .forEach(waiting::add);
            return waiting;
        });
    }

    /** What the tables and the mirror say. */
    private List<Reason> tables(Connection connection, ClosingInvoice invoice) throws SQLException {
        List<Reason> reasons = new ArrayList<>();
        openHours(connection, invoice, invoice.customerId().orElseThrow()).ifPresent(reasons::add);
        Map<String, BigDecimal> used = usage.of(connection, invoice);
        reasons.addAll(lines(invoice, used, usage.elsewhere(connection, invoice)));
        reasons.addAll(unsold(connection, invoice));
        reasons.addAll(soldTwice(connection, invoice));
        return reasons;
    }

    private static List<Reason> waiting(Connection connection, ClosingInvoice invoice, String customer)
            throws SQLException {
        return Sql.query(
                connection,
                GoNoGo::waiting,
                WAITING,
                customer,
                invoice.start(),
                invoice.end(),
                customer,
                invoice.start(),
                invoice.end(),
                MOST_FINDINGS);
    }

    private static Reason waiting(ResultSet row) throws SQLException {
        String why = row.getString("why");
        long hours = row.getLong("hours");
        return new Reason(
                kindOfWaiting(why),
                row.getString("metric"),
                "from " + Sql.instant(row, "oldest") + ": " + (hours == 1 ? "" : hours + " hours; ") + why
                        + (why.contains("whole numbers") ? NOT_WHOLE : ""));
    }

    private static Reason.Kind kindOfWaiting(String why) {
        if (why.contains("unmapped")) {
            return Reason.Kind.UNMAPPED;
        }
        // No sync tells it: its hour is billed.
        if (why.contains("review: ")) {
            return Reason.Kind.REVIEW;
        }
        return why.startsWith("ambiguous") || why.startsWith("waits: ambiguous")
                ? Reason.Kind.AMBIGUOUS
                : Reason.Kind.UNREPORTED;
    }

    /** As {@link #used(ClosingInvoice)}, in the caller's transaction. */
    Map<String, BigDecimal> used(Connection connection, ClosingInvoice invoice) throws SQLException {
        return usage.of(connection, invoice);
    }

    /** What the table says that the invoice should show; may be below zero, which bills as 0. */
    Map<String, BigDecimal> used(ClosingInvoice invoice) throws SQLException {
        return invoice.customerId().isEmpty()
                ? Map.of()
                : database.inSnapshot(connection -> usage.of(connection, invoice));
    }

    private Optional<Reason> openHours(Connection connection, ClosingInvoice invoice, String customer)
            throws SQLException {
        Optional<Instant> watermark = Sql.query(
                        connection, row -> Optional.ofNullable(Sql.instantOrNull(row, "watermark")), WATERMARK, topic)
                .stream()
                .flatMap(Optional::stream)
                .findFirst();
        // The last hour of the period may reach beyond it.
        if (watermark.isEmpty() || watermark.get().isBefore(invoice.carryTo())) {
            return Optional.of(new Reason(
                    Reason.Kind.HOURS_OPEN,
                    "",
                    "hours close until " + invoice.carryTo() + ", and metering is at "
                            + watermark.map(Instant::toString).orElse("its very beginning")));
        }
        long open = Sql.first(connection, row -> row.getLong(1), OPEN_ROWS, customer, invoice.start(), invoice.end())
                .orElse(0L);
        return open == 0
                ? Optional.empty()
                : Optional.of(new Reason(Reason.Kind.HOURS_OPEN, "", open + " hours have early results only"));
    }

    private List<Reason> stripeSide(ClosingInvoice invoice, String customer) throws SQLException {
        Reconciled result;
        try {
            result = reconciliation.run(
                    new Scope(invoice.start(), invoice.end(), customer, null),
                    Reconciliation.Repairs.NONE,
                    MOST_FINDINGS,
                    (done, all) -> {});
        } catch (UserError e) {
            return List.of(new Reason(Reason.Kind.UNCONFIRMED, "", String.valueOf(e.getMessage())));
        }
        List<Reason> reasons = new ArrayList<>();
        for (Reconciled.Line line : result.lines()) {
            reason(line.finding(), invoice).ifPresent(reasons::add);
        }
        if (result.unlisted() > 0) {
            reasons.add(new Reason(Reason.Kind.DIFFERENT, "", "and " + result.unlisted() + " windows more"));
        }
        return reasons;
    }

    private static Optional<Reason> reason(Finding finding, ClosingInvoice invoice) {
        // A window may be a whole billing period; one that only touches this invoice's is another one's.
        if (finding.kind() != Kind.LEDGER && !finding.end().isAfter(invoice.start())) {
            return Optional.empty();
        }
        // Dropped by the seal of a cancellation, with a posting that says so.
        if (finding.kind() == Kind.UNREPORTED
                && !invoice.subscriptionLives()
                && finding.detail().startsWith("expired")) {
            return Optional.empty();
        }
        // Of what this invoice does not bill: the table's side says whether anything else should.
        boolean expired = finding.kind() == Kind.UNREPORTED && finding.detail().startsWith("expired");
        if (expired && !invoice.metrics().contains(finding.metric())) {
            return Optional.empty();
        }
        String figures = "from " + finding.start() + ": table " + plain(finding.table()) + ", told "
                + plain(finding.told())
                + finding.held().map(held -> ", Stripe " + plain(held)).orElse("")
                + (finding.detail().isEmpty() ? "" : "; " + finding.detail())
                + (expired ? TOO_LATE : "");
        return Optional.of(new Reason(kind(finding), finding.metric(), figures));
    }

    private static Reason.Kind kind(Finding finding) {
        return switch (finding.kind()) {
            case UNREPORTED -> kindOfWaiting(finding.detail());
            case REJECTED -> Reason.Kind.REJECTED;
            case AMBIGUOUS -> Reason.Kind.AMBIGUOUS;
            case LAG, UNREADABLE -> Reason.Kind.UNCONFIRMED;
            case LOST, DOUBLED, FOREIGN_WRITER, UNKNOWN_CUSTOMER, LEDGER, OK -> Reason.Kind.DIFFERENT;
        };
    }

    /** @param elsewhere told to other payers of the customer */
    private static List<Reason> lines(
            ClosingInvoice invoice, Map<String, BigDecimal> used, Map<String, BigDecimal> elsewhere) {
        List<Reason> reasons = new ArrayList<>();
        for (String metric : invoice.metrics()) {
            BigDecimal billed = invoice.billed(metric).quantity();
            BigDecimal counted = used.getOrDefault(metric, BigDecimal.ZERO).max(BigDecimal.ZERO);
            if (billed.compareTo(counted) != 0) {
                reasons.add(new Reason(
                        Reason.Kind.LINE_DIFFERS,
                        metric,
                        "the invoice shows " + plain(billed) + ", the table " + plain(counted)
                                + (elsewhere.containsKey(metric) ? REMAPPED : "")));
            }
        }
        return reasons;
    }

    private List<Reason> unsold(Connection connection, ClosingInvoice invoice) throws SQLException {
        if (settings.unsold() == CloseSettings.Unsold.ALLOW) {
            return List.of();
        }
        return usage.unsold(connection, invoice).entrySet().stream()
                .map(metric -> new Reason(
                        Reason.Kind.UNSOLD,
                        metric.getKey(),
                        plain(metric.getValue().quantity()) + " were used in hours from "
                                + metric.getValue().start() + " to "
                                + metric.getValue().end()
                                + " in which no item of the customer's subscriptions bills it"))
                .toList();
    }

    /** Each of the invoices would bill all of it. */
    private static List<Reason> soldTwice(Connection connection, ClosingInvoice invoice) throws SQLException {
        return Sql.query(
                connection,
                row -> new Reason(
                        Reason.Kind.SOLD_TWICE,
                        row.getString("metric"),
                        "several subscriptions bill it: " + row.getString("subscriptions")),
                SOLD_TWICE,
                invoice.stripeCustomerId(),
                invoice.metrics().toArray(String[]::new),
                invoice.end(),
                invoice.start(),
                invoice.start());
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}
