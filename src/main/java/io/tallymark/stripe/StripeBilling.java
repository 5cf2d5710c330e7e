package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.usage.UserError;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions, their schedules and invoices of an account. Every method ends within the call deadline per page and throws a
 * {@link UserError} when Stripe refuses or cannot be reached; a call that failed may have been carried out all the same. A call that
 * changes something takes an idempotency key: repeated with the same key and arguments, it does nothing again for about a day, unless Stripe
 * had failed. So before it is repeated, the caller looks whether it was carried out.
 */
public final class StripeBilling implements AutoCloseable {
    /** Of the lists that belong to one customer. */
    private static final int MOST_PAGES = 100;

    private final StripeConnection stripe;
    private final CommandCalls calls;
    private final AccountReader account;
    private final RawApi raw;
    private final BillingApi api;

    private StripeBilling(StripeSettings settings) {
        this.stripe = StripeConnection.open(settings);
        this.calls = new CommandCalls(settings);
        this.account = new AccountReader(stripe, MOST_PAGES);
        this.raw = new RawApi(stripe);
        this.api = new BillingApi(calls, raw);
    }

    /**
     * Opens a client; no call is made.
     *
     * @throws UserError when the key cannot be resolved or cannot work
     */
    public static StripeBilling open(StripeSettings settings) {
        return new StripeBilling(settings);
    }

    /** All meters of the account, inactive ones too. */
    public List<StripeMeter> meters() {
        return calls.call(account::meters);
    }

    /** A price, archived or not; without its tiers. Empty when the account does not have it. */
    public Optional<StripePrice> price(String id) {
        return calls.call(() -> api.find(BillingApi.PRICES, id, PriceJson::read));
    }

    /** As {@link #price}, with its tiers. */
    public Optional<StripePrice> wholePrice(String id) {
        return calls.call(() -> new PriceApi(raw).find(id));
    }

    /** The active prices that have these lookup keys; those that nobody has are left out. */
    public List<StripePrice> pricesByLookupKey(Collection<String> lookupKeys) {
        StringBuilder query = new StringBuilder("&active=true");
        lookupKeys.forEach(key -> query.append("&lookup_keys[]=").append(Encoding.query(key)));
        return whole(api.pages(BillingApi.PRICES, query.toString(), PriceJson::read));
    }

    /** The subscriptions of the whole account, ended ones too. */
    public StripePages<StripeSubscription> subscriptions() {
        return api.pages(BillingApi.SUBSCRIPTIONS, "&status=all", api::subscription);
    }

    /** All subscriptions of a customer, ended ones too, the newest first. */
    public List<StripeSubscription> subscriptions(String customer) {
        String query = "&status=all&customer=" + Encoding.query(customer);
        return whole(api.pages(BillingApi.SUBSCRIPTIONS, query, api::subscription));
    }

    /** Ended or not; empty when the account does not have it. */
    public Optional<StripeSubscription> subscription(String id) {
        return calls.call(() -> api.find(BillingApi.SUBSCRIPTIONS, id, api::subscription));
    }

    /** The invoices of the whole account. */
    public StripePages<StripeInvoice> invoices() {
        return api.pages(BillingApi.INVOICES, "", api::invoice);
    }

    /** The invoices of the whole account that were made since an instant. */
    public StripePages<StripeInvoice> invoicesSince(Instant since) {
        return api.pages(BillingApi.INVOICES, "&created[gte]=" + since.getEpochSecond(), api::invoice);
    }

    /** The drafts of the whole account. */
    public StripePages<StripeInvoice> drafts() {
        return api.pages(BillingApi.INVOICES, "&status=draft", api::invoice);
    }

    /**
     * The invoices of a customer, the newest first.
     *
     * @param status such as {@code draft}; null: all
     * @param since by their creation, inside; null: all
     */
    public List<StripeInvoice> invoices(String customer, @Nullable String status, @Nullable Instant since) {
        String query = "&customer=" + Encoding.query(customer)
                + (status == null ? "" : "&status=" + Encoding.query(status))
                + (since == null ? "" : "&created[gte]=" + since.getEpochSecond());
        return whole(api.pages(BillingApi.INVOICES, query, api::invoice));
    }

    /** Empty when the account does not have it, such as a draft that was deleted. */
    public Optional<StripeInvoice> invoice(String id) {
        return calls.call(() -> api.find(BillingApi.INVOICES, id, api::invoice));
    }

    public StripeSubscription create(NewSubscription subscription, String idempotencyKey) {
        return calls.call(() ->
                api.subscription(raw.postOnce(BillingApi.SUBSCRIPTIONS, BillingForm.of(subscription), idempotencyKey)));
    }

    /**
     * Changes items at once; what they cost until then is settled by the second.
     *
     * @param metadata that is set in the same moment
     */
    public StripeSubscription changeItems(
            String id, List<ItemChange> changes, Map<String, String> metadata, String idempotencyKey) {
        return update(id, BillingForm.of(changes, metadata), idempotencyKey);
    }

    /** Lets it end with its current period, whose usage is billed then. */
    public StripeSubscription cancelAtPeriodEnd(String id, String idempotencyKey) {
        return update(id, Map.of("cancel_at_period_end", "true"), idempotencyKey);
    }

    /**
     * Ends it at once.
     *
     * @param invoiceNow whether usage that is not on an invoice yet is billed; otherwise it never is
     * @param prorate whether unused time is paid back
     */
    public StripeSubscription cancel(String id, boolean invoiceNow, boolean prorate, String idempotencyKey) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("invoice_now", Boolean.toString(invoiceNow));
        form.put("prorate", Boolean.toString(prorate));
        return calls.call(() ->
                api.subscription(raw.deleteOnce(BillingApi.path(BillingApi.SUBSCRIPTIONS, id), form, idempotencyKey)));
    }

    /** Empty when the account does not have it. */
    public Optional<StripeSchedule> schedule(String id) {
        return calls.call(() -> api.find(BillingApi.SCHEDULES, id, SubscriptionJson::schedule));
    }

    /** Puts a subscription under a schedule of one phase, which changes nothing. */
    public StripeSchedule scheduleFrom(String subscriptionId, String idempotencyKey) {
        return schedule(BillingApi.SCHEDULES, Map.of("from_subscription", subscriptionId), idempotencyKey);
    }

    /** Replaces the phases of a schedule, which lets go of the subscription after the last one. */
    public StripeSchedule setPhases(
            String id, List<NewPhase> phases, Map<String, String> metadata, String idempotencyKey) {
        Map<String, Object> form = BillingForm.ofPhases(phases, metadata);
        return calls.call(() -> SubscriptionJson.schedule(
                raw.postOnce(BillingApi.path(BillingApi.SCHEDULES, id), form, idempotencyKey)));
    }

    /** The subscription goes on as it is. */
    public StripeSchedule releaseSchedule(String id, String idempotencyKey) {
        return calls.call(() -> SubscriptionJson.schedule(
                raw.postOnce(BillingApi.path(BillingApi.SCHEDULES, id) + "/release", Map.of(), idempotencyKey)));
    }

    /** Whether Stripe finalizes a draft by itself. */
    public StripeInvoice setAutoAdvance(String invoiceId, boolean autoAdvance, String idempotencyKey) {
        return invoice(invoiceId, "", Map.of("auto_advance", Boolean.toString(autoAdvance)), idempotencyKey);
    }

    /** Finalizes a draft and lets Stripe collect it. */
    public StripeInvoice finalizeInvoice(String invoiceId, String idempotencyKey) {
        return invoice(invoiceId, "/finalize", Map.of("auto_advance", "true"), idempotencyKey);
    }

    /** What the next invoice of a subscription would be now; changes nothing. Its id leads to no invoice. */
    public StripeInvoice preview(String customer, String subscriptionId) {
        return calls.call(() -> {
            JsonNode json = raw.post(
                    BillingApi.INVOICES + "/create_preview",
                    Map.of("customer", customer, "subscription", subscriptionId),
                    RawApi.CURRENT);
            return api.invoice(json);
        });
    }

    @Override
    public void close() {
        stripe.close();
    }

    private StripeSubscription update(String id, Map<String, Object> form, String idempotencyKey) {
        return calls.call(() ->
                api.subscription(raw.postOnce(BillingApi.path(BillingApi.SUBSCRIPTIONS, id), form, idempotencyKey)));
    }

    private StripeSchedule schedule(String path, Map<String, Object> form, String idempotencyKey) {
        return calls.call(() -> SubscriptionJson.schedule(raw.postOnce(path, form, idempotencyKey)));
    }

    private StripeInvoice invoice(String id, String action, Map<String, Object> form, String idempotencyKey) {
        return calls.call(() ->
                api.invoice(raw.postOnce(BillingApi.path(BillingApi.INVOICES, id) + action, form, idempotencyKey)));
    }

    /** A list that belongs to one customer. */
    private <T> List<T> whole(StripePages<T> pages) {
        return calls.call(() -> pages.all(MOST_PAGES));
    }

    /**
     * A subscription to be made, in billing mode flexible. Time before its first boundary is charged by the second.
     *
     * @param priceIds metered prices without a quantity, fixed fees once
     * @param startsAt past, or the running moment; from then on it bills
     */
    public record NewSubscription(
            String customer, List<String> priceIds, Boundary boundary, Instant startsAt, Map<String, String> metadata) {
        public NewSubscription {
            priceIds = List.copyOf(priceIds);
            // In one order, so that a repeat is the same call and has the same key.
            metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
        }
    }

    /**
     * Where periods begin.
     *
     * @param month 1 to 12, of periods of years; else 0
     * @param day of the month, 1 to 31; 0 with {@code at}
     * @param hour UTC, on the hour
     * @param at the first boundary, of periods of days and weeks; else null
     */
    public record Boundary(
            int month, int day, int hour, @Nullable Instant at) {
        public static Boundary monthly(int day, int hour) {
            return new Boundary(0, day, hour, null);
        }

        public static Boundary yearly(int month, int day, int hour) {
            return new Boundary(month, day, hour, null);
        }

        public static Boundary at(Instant first) {
            return new Boundary(0, 0, 0, first);
        }
    }

    /**
     * What becomes of an item.
     *
     * @param itemId empty: it is new
     * @param priceId empty: the item is removed
     */
    public record ItemChange(String itemId, String priceId) {
        public static ItemChange replace(String itemId, String priceId) {
            return new ItemChange(itemId, priceId);
        }

        public static ItemChange add(String priceId) {
            return new ItemChange("", priceId);
        }

        public static ItemChange remove(String itemId) {
            return new ItemChange(itemId, "");
        }
    }

    /**
     * A phase of a schedule.
     *
     * @param quantityByPrice what it bills, in order; null for a metered price
     * @param start first instant
     * @param end first instant after it; null: one interval long
     * @param interval of its prices, with {@code intervalCount}
     * @param metadata that the subscription gets when the phase begins
     */
    public record NewPhase(
            Map<String, @Nullable Long> quantityByPrice,
            Instant start,
            @Nullable Instant end,
            String interval,
            long intervalCount,
            Map<String, String> metadata) {}
}
