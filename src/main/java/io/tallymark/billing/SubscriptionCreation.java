package io.tallymark.billing;

import io.tallymark.billing.MappedCustomers.Mapped;
import io.tallymark.catalog.Catalog;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeBilling.NewSubscription;
import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.UserError;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes a customer to a plan, so that no boundary of a billing period ever cuts an hour: the subscription begins with the running
 * hour, and its periods begin on full hours. Asked again, it changes nothing, also when the first time was cut off.
 */
public final class SubscriptionCreation {
    private static final String WRITTEN_OFF_BEFORE = """
            SELECT max(sealed_before) AS before FROM billing_seal WHERE customer_id = ? AND metric = ANY (?)
                AND late IN ('drop', 'hold')
            """;

    private final Database database;
    private final StripeBilling stripe;
    private final Mirror mirror;
    private final Catalog catalog;

    public SubscriptionCreation(Database database, StripeBilling stripe, Mirror mirror, Catalog catalog) {
        this.database = database;
        this.stripe = stripe;
        this.mirror = mirror;
        this.catalog = catalog;
    }

    /**
     * What is asked for.
     *
     * @param plan of catalog.yaml
     * @param anchorDay day of the month on which periods begin; of plans by month or year
     * @param anchorHour UTC hour with which periods begin
     * @param currency that the plan must have; null: whichever it has
     */
    public record Order(
            String customerId,
            String plan,
            int anchorDay,
            int anchorHour,
            @Nullable String currency) {}

    /**
     * What came of it.
     *
     * @param created whether it was made, rather than found
     * @param id {@code sub_…}; empty after a dry run that would make it
     * @param startsAt from when on it bills
     * @param prices lookup keys of its items
     * @param notes what of reporting followed it, and usage of before that nothing bills; a line each
     */
    public record Result(boolean created, String id, Instant startsAt, List<String> prices, List<String> notes) {
        public Result {
            prices = List.copyOf(prices);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Makes the subscription, unless it is there.
     *
     * @param dryRun checks everything and makes nothing
     * @throws UserError when the customer is not mapped, the account lacks a price, or the usage is billed already
     */
    public Result run(Order order, boolean dryRun) throws SQLException {
        Mapped customer = mirror.mapped(order.customerId());
        PlanPrices plan = PlanPrices.find(stripe, catalog, order.plan());
        requireCurrency(order, plan);
        return CustomerLock.run(database, order.customerId(), () -> create(order, customer, plan, dryRun));
    }

    private Result create(Order order, Mapped customer, PlanPrices plan, boolean dryRun) throws SQLException {
        OwnSubscriptions known = new OwnSubscriptions(order.customerId(), stripe.subscriptions(customer.stripeId()));
        Optional<StripeSubscription> same = known.liveWith(order.plan());
        if (same.isPresent()) {
            return result(false, same.get(), customer, plan, dryRun);
        }
        known.live().forEach(live -> requireApart(order, live, plan));
        Instant startsAt = BillingHour.containing(mirror.now()).start();
        requireOpen(order, plan, startsAt);
        if (dryRun) {
            return new Result(true, "", startsAt, plan.plan().prices(), usedBefore(order.customerId(), startsAt));
        }
        NewSubscription wanted = new NewSubscription(
                customer.stripeId(),
                plan.ids(),
                FirstBoundary.of(plan.interval(), order.anchorDay(), order.anchorHour(), startsAt),
                startsAt,
                SubscriptionMarks.of(order.plan(), order.customerId()));
        StripeSubscription made = stripe.create(wanted, key(wanted, known.all().size()));
        return result(true, made, customer, plan, false);
    }

    private Result result(
            boolean created, StripeSubscription subscription, Mapped customer, PlanPrices plan, boolean dryRun)
            throws SQLException {
        List<String> notes = new ArrayList<>();
        if (!dryRun) {
            mirror.refreshCustomer(customer.stripeId(), notes::add);
        }
        if (created) {
            notes.addAll(usedBefore(customer.customerId(), subscription.startedAt()));
        }
        return new Result(
                created,
                subscription.id(),
                subscription.startedAt(),
                plan.plan().prices(),
                notes);
    }

    /** Usage of before that neither this subscription bills nor another one: told or not, it is on no invoice. */
    private List<String> usedBefore(String customerId, Instant start) throws SQLException {
        return database.inSnapshot(connection -> UnbilledUsage.find(connection, customerId, null, start)).stream()
                .map(usage -> "warning  " + usage.text() + ": it is billed from " + start
                        + " on; bill what is past by hand, or write it off, as docs/subscriptions.md says")
                .toList();
    }

    private static void requireCurrency(Order order, PlanPrices plan) {
        String currency = order.currency();
        if (currency != null && !currency.equalsIgnoreCase(plan.currency())) {
            throw new UserError(
                    "plan " + order.plan() + " is in " + plan.currency() + ", not in " + currency,
                    "leave --currency away, or name the plan of that currency");
        }
    }

    /** What an earlier subscription's end has written off, or is about to, is not billed by this one. */
    private void requireOpen(Order order, PlanPrices plan, Instant startsAt) throws SQLException {
        String[] metrics = plan.prices().stream()
                .flatMap(price -> mirror.metrics().of(price).stream())
                .toArray(String[]::new);
        Optional<Instant> sealed = database.inTransaction(connection -> Sql.query(
                        connection,
                        row -> Optional.ofNullable(Sql.instantOrNull(row, "before")),
                        WRITTEN_OFF_BEFORE,
                        order.customerId(),
                        metrics))
                .get(0);
        if (sealed.filter(startsAt::isBefore).isPresent()) {
            throw new UserError(
                    "the usage of " + order.customerId()
                            + " in the running hour was settled with an earlier subscription, until " + sealed.get(),
                    "run it again after "
                            + Instant.ofEpochMilli(
                                    BillingHour.containing(startsAt).endMillis()));
        }
    }

    /** One meter on two live items of a customer would be billed twice. */
    private void requireApart(Order order, StripeSubscription live, PlanPrices plan) {
        for (StripeSubscriptionItem item : live.items()) {
            Optional<String> metric = mirror.metrics().of(item);
            for (StripePrice price : plan.prices()) {
                if (metric.isPresent() && metric.equals(mirror.metrics().of(price))) {
                    throw new UserError(
                            order.customerId() + " has a live subscription that bills " + metric.get() + " already: "
                                    + live.id(),
                            "./tallymark subscription change-plan --customer " + order.customerId() + " --plan "
                                    + order.plan() + ", or cancel it first");
                }
            }
        }
    }

    /**
     * The same for the same wish within an hour, so that a repeat after a lost reply gets the first one's subscription. Later it is found
     * in the list. A new wish after a subscription ended counts one more.
     */
    private static String key(NewSubscription wanted, int earlier) {
        byte[] wish = (wanted + " after " + earlier).getBytes(StandardCharsets.UTF_8);
        return "tallymark-create-" + UUID.nameUUIDFromBytes(wish);
    }
}
