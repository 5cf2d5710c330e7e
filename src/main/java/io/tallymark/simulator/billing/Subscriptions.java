package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import io.tallymark.simulator.customers.Customers;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The endpoints of subscriptions and of their items. The caller locks it. */
final class Subscriptions {
    static final String PATH = "/v1/subscriptions";

    private static final String ITEMS = "/v1/subscription_items";
    private static final List<String> LIST = Stream.concat(
                    Page.PARAMS.stream(), Stream.of("customer", "status", "price", "created", "created[*]"))
            .toList();
    private static final List<String> CANCEL = List.of("invoice_now", "prorate", "cancellation_details[*]");
    private static final List<String> STATUSES = List.of(
            "active",
            "all",
            "canceled",
            "ended",
            "incomplete",
            "incomplete_expired",
            "past_due",
            "paused",
            "trialing",
            "unpaid");

    private final BillingClock clock;
    private final Customers customers;
    private final SubscriptionChange.Billed billed;
    private final SubscriptionBook book;
    private final SubscriptionLife life;

    Subscriptions(BillingClock clock, Customers customers, SubscriptionChange.Billed billed, SubscriptionLife life) {
        this.clock = clock;
        this.customers = customers;
        this.billed = billed;
        this.book = billed.book();
        this.life = life;
    }

    void addTo(Routes routes) {
        routes.add("POST", PATH, clock.locked((none, params) -> create(params)))
                .add("GET", PATH, clock.locked((none, params) -> list(params)))
                .add("GET", PATH + "/{}", clock.locked(this::retrieve))
                .add("POST", PATH + "/{}", clock.locked(this::update))
                .add("DELETE", PATH + "/{}", clock.locked(this::cancel))
                .add("GET", ITEMS, clock.locked((none, params) -> listItems(params)))
                .add("GET", ITEMS + "/{}", clock.locked(this::retrieveItem));
    }

    private ApiReply create(Params params) {
        SubscriptionForm form = new SubscriptionForm(params, customers, billed.rules(), book, clock.now());
        Subscription subscription = life.begin(form.read(), form.prorates());
        return reply(subscription);
    }

    private ApiReply update(String id, Params params) {
        Subscription before = book.get(id);
        SubscriptionUpdate update = new SubscriptionUpdate(params, billed, clock.now());
        Subscription changed = update.apply(before);
        return reply(life.change(changed, clock.now(), update.invoicesNow()));
    }

    private ApiReply cancel(String id, Params params) {
        params.allowOnly(CANCEL);
        Subscription subscription =
                book.find(id).filter(Subscription::isAlive).orElseThrow(() -> Refusal.noSuch("subscription", id));
        boolean invoicesNow = params.flag("invoice_now").orElse(false);
        boolean prorates = params.flag("prorate").orElse(false);
        return reply(life.cancel(subscription, invoicesNow, prorates, clock.now()));
    }

    private ApiReply retrieve(String id, Params params) {
        params.allowOnly(List.of());
        return reply(book.get(id));
    }

    private ApiReply list(Params params) {
        params.allowOnly(LIST);
        Predicate<Instant> created = Times.within(params, "created");
        return Page.of(
                book.newestFirst().stream()
                        .filter(subscription -> created.test(subscription.created()))
                        .filter(hasStatus(params))
                        .filter(subscription ->
                                is(params, "customer", subscription.customer()) && hasPrice(params, subscription))
                        .toList(),
                Subscription::id,
                SubscriptionJson::of,
                PATH,
                params);
    }

    private static Predicate<Subscription> hasStatus(Params params) {
        return switch (params.oneOf("status", STATUSES, "")) {
            case "all" -> subscription -> true;
            case "canceled", "ended" -> subscription -> !subscription.isAlive();
            case "active", "" -> Subscription::isAlive;
            default -> subscription -> false;
        };
    }

    private static boolean hasPrice(Params params, Subscription subscription) {
        return params.text("price").isEmpty()
                || subscription.items().stream()
                        .anyMatch(item -> is(params, "price", item.price().id()));
    }

    static boolean is(Params params, String name, String value) {
        return params.text(name).orElse(value).equals(value);
    }

    private ApiReply listItems(Params params) {
        params.allowOnly(
                Stream.concat(Page.PARAMS.stream(), Stream.of("subscription")).toList());
        Subscription subscription = book.get(params.required("subscription"));
        return Page.of(
                subscription.items().stream()
                        .map(item -> SubscriptionJson.of(subscription.id(), item))
                        .toList(),
                ITEMS,
                params);
    }

    private ApiReply retrieveItem(String id, Params params) {
        params.allowOnly(List.of());
        return book.newestFirst().stream()
                .flatMap(subscription ->
                        subscription.item(id).stream().map(item -> SubscriptionJson.of(subscription.id(), item)))
                .findFirst()
                .map(ApiReply::ok)
                .orElseThrow(() -> Refusal.noSuch("subscription_item", id));
    }

    private static ApiReply reply(Subscription subscription) {
        return ApiReply.ok(SubscriptionJson.of(subscription));
    }
}
