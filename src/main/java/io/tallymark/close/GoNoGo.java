package io.tallymark.close;

import io.tallymark.config.CloseSettings;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.usage.Meter;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether an invoice may be finalized: every hour of its period closed, told, accepted and shown by Stripe's summaries, and its
 * lines equal to the table. Asks Stripe and changes nothing but that what agrees counts as confirmed.
 */
final class GoNoGo {
    private static final String REMAPPED =
            "; the customer was mapped to another Stripe customer, and each pays what was told under"
                    + " it: compare both invoices by hand, then ./tallymark close --accept";

    private static final String FORMER_PAYER = """
            SELECT customer_id, former.until FROM billing_former_payer AS former JOIN billing_customer AS mapped USING (customer_id)
            WHERE former.stripe_customer_id = ? AND mapped.stripe_customer_id <> former.stripe_customer_id
            ORDER BY former.until DESC LIMIT 1
            """;

    private static final String SOLD_TWICE = """
            SELECT item.metric, string_agg(DISTINCT subscription_id, ', ') AS subscriptions
            FROM billing_subscription_item AS item JOIN billing_subscription USING (subscription_id)
            WHERE stripe_customer_id = ? AND item.metric = ANY (?) AND item.created_at < ?
                AND (item.removed_at IS NULL OR item.removed_at > ?) AND (ended_at IS NULL OR date_trunc('hour', ended_at, 'UTC') > ?)
            GROUP BY item.metric HAVING count(DISTINCT subscription_id) > 1
            """;

    private final Database database;
    private final StripeSide stripeSide;
    private final PeriodUsage usage;
    private final String topic;
    private final CloseSettings settings;

    /** @param topic whose watermark closes hours */
    GoNoGo(Database database, Reconciliation reconciliation, List<Meter> meters, String topic, CloseSettings settings) {
        this.database = database;
        this.stripeSide = new StripeSide(reconciliation);
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
                new ArrayList<>(stripeSide.reasons(invoice, invoice.customerId().orElseThrow()));
        reasons.addAll(database.inSnapshot(connection -> tables(connection, invoice)));
        return reasons;
    }

    /** Why it cannot be let go now, whatever Stripe says; empty: Stripe has to be asked. Makes no call. */
    List<Reason> plainReasons(ClosingInvoice invoice) throws SQLException {
        Optional<String> customer = invoice.customerId();
        if (customer.isEmpty()) {
            Reason reason = database.inSnapshot(connection -> ofNobody(connection, invoice));
            return List.of(reason);
        }
        return database.inSnapshot(connection -> {
            List<Reason> waiting = UntoldHours.waiting(connection, invoice, customer.get());
            boolean open =
                    UntoldHours.open(connection, invoice, customer.get(), topic).isPresent();
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

    /** Whose usage it bills may be known no longer: somebody else pays for it now. */
    private static Reason ofNobody(Connection connection, ClosingInvoice invoice) throws SQLException {
        return Sql.first(
                        connection,
                        row -> new Reason(
                                Reason.Kind.FORMER_PAYER,
                                "",
                                invoice.stripeCustomerId() + " paid for " + row.getString("customer_id") + " until "
                                        + Sql.instant(row, "until")
                                        + ", and is still charged by a subscription that bills nobody's usage"),
                        FORMER_PAYER,
                        invoice.stripeCustomerId())
                .orElseGet(() ->
                        new Reason(Reason.Kind.UNMAPPED, "", "no customer is mapped to " + invoice.stripeCustomerId()));
    }

    /** What the tables and the mirror say. */
    private List<Reason> tables(Connection connection, ClosingInvoice invoice) throws SQLException {
        List<Reason> reasons = new ArrayList<>();
        UntoldHours.open(connection, invoice, invoice.customerId().orElseThrow(), topic)
                .ifPresent(reasons::add);
        Map<String, BigDecimal> used = usage.of(connection, invoice);
        List<Credit> credits = usage.credits(connection, invoice, used);
        reasons.addAll(lines(invoice, billable(used, credits), usage.elsewhere(connection, invoice)));
        reasons.addAll(credits(invoice, credits));
        reasons.addAll(unsold(connection, invoice));
        reasons.addAll(soldTwice(connection, invoice));
        return reasons;
    }

    /** What is below zero of what the invoice rates apart, and so bills as 0. */
    List<Credit> credits(Connection connection, ClosingInvoice invoice) throws SQLException {
        return usage.credits(connection, invoice, usage.of(connection, invoice));
    }

    /** What the table says that the invoice should show; may be below zero, which bills as 0. */
    Map<String, BigDecimal> used(ClosingInvoice invoice) throws SQLException {
        return invoice.customerId().isEmpty()
                ? Map.of()
                : database.inSnapshot(connection -> usage.of(connection, invoice));
    }

    /** What Stripe bills of it: of each stretch that is rated apart what is above zero. */
    private static Map<String, BigDecimal> billable(Map<String, BigDecimal> used, List<Credit> credits) {
        Map<String, BigDecimal> billable = new HashMap<>(used);
        credits.forEach(
                credit -> billable.merge(credit.metric(), credit.amount().negate(), BigDecimal::add));
        return billable;
    }

    /** @param elsewhere told to other payers of the customer */
    private static List<Reason> lines(
            ClosingInvoice invoice, Map<String, BigDecimal> billable, Map<String, BigDecimal> elsewhere) {
        List<Reason> reasons = new ArrayList<>();
        for (String metric : invoice.metrics()) {
            BigDecimal billed = invoice.billed(metric).quantity();
            // A maximum or a last value may be below zero as well.
            BigDecimal counted = billable.getOrDefault(metric, BigDecimal.ZERO).max(BigDecimal.ZERO);
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

    /** What voids took back of usage that was billed, and no later invoice takes off. */
    private List<Reason> credits(ClosingInvoice invoice, List<Credit> credits) {
        if (invoice.subscriptionLives() && settings.late() == CloseSettings.Late.CARRY_FORWARD) {
            return List.of();
        }
        return credits.stream()
                .map(credit -> new Reason(
                        Reason.Kind.CREDIT,
                        credit.metric(),
                        credit.text(invoice) + ", which bills as 0, and no later one takes it off"))
                .toList();
    }

    private List<Reason> unsold(Connection connection, ClosingInvoice invoice) throws SQLException {
        if (settings.unsold() == CloseSettings.Unsold.ALLOW) {
            return List.of();
        }
        return usage.unsold(connection, invoice).entrySet().stream()
                .map(metric -> new Reason(
                        Reason.Kind.UNSOLD,
                        metric.getKey(),
                        plain(metric.getValue().quantity()) + " count for hours from "
                                + metric.getValue().start() + " to "
                                + metric.getValue().end()
                                + ", in which no item of the customer's subscriptions bills it"))
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
