package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.catalog.SimulatedPrice;
import io.tallymark.simulator.customers.Customers;
import io.tallymark.simulator.metering.Rhythm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a new subscription from the parameters of a call, and refuses what Stripe refuses. */
final class SubscriptionForm {
    /** The parameters that it looks at. */
    static final List<String> PARAMS = List.of(
            "customer",
            "items[*]",
            "billing_mode[type]",
            "billing_cycle_anchor",
            "billing_cycle_anchor_config[*]",
            "backdate_start_date",
            "proration_behavior",
            "metadata[*]",
            "collection_method",
            "days_until_due",
            "cancel_at",
            "cancel_at_period_end",
            "description",
            "currency",
            "payment_behavior",
            "off_session");

    private final Params params;
    private final Customers customers;
    private final ItemRules rules;
    private final SubscriptionBook book;
    private final Instant now;

    SubscriptionForm(Params params, Customers customers, ItemRules rules, SubscriptionBook book, Instant now) {
        this.params = params;
        this.customers = customers;
        this.rules = rules;
        this.book = book;
        this.now = now;
    }

    Subscription read() {
        params.allowOnly(PARAMS);
        String customer = customer();
        boolean flexible = params.oneOf("billing_mode[type]", List.of("classic", "flexible"), "classic")
                .equals("flexible");
        List<ItemChange> wanted = wanted();
        List<SimulatedPrice> prices = wanted.stream().map(rules::priceOf).toList();
        ItemRules.check(prices, flexible);
        checkCurrency(prices.get(0));
        Instant start = start();
        Anchor anchor = new AnchorForm(params, prices, now).read();
        Subscription unending = new Subscription(
                book.nextId(),
                customer,
                prices.get(0).terms().currency(),
                flexible,
                now,
                start,
                anchor,
                items(wanted, prices, anchor, start),
                List.of(),
                SubscriptionTexts.read(params, SubscriptionTexts.NONE),
                Subscription.Ending.OPEN,
                "",
                "");
        return unending.withEnding(new EndingForm(params, now).read(unending));
    }

    /** Whether what is not a whole period is charged. */
    boolean prorates() {
        String behavior = params.oneOf("proration_behavior", Proration.BEHAVIORS, Proration.CREATE);
        return !behavior.equals(Proration.NONE);
    }

    private String customer() {
        String customer = params.required("customer");
        if (!customers.exists(customer)) {
            throw Refusal.badRequest("resource_missing", "customer", "No such customer: '" + customer + "'");
        }
        return customer;
    }

    private List<ItemChange> wanted() {
        List<ItemChange> wanted = ItemChange.created(params, "items");
        if (wanted.isEmpty()) {
            throw Refusal.missing("items");
        }
        return wanted;
    }

    private void checkCurrency(SimulatedPrice price) {
        params.text("currency")
                .filter(currency -> !currency.equals(price.terms().currency()))
                .ifPresent(currency -> {
                    throw Refusal.badRequest(
                            "",
                            "currency",
                            "The price specified only supports `"
                                    + price.terms().currency() + "`. This doesn't match the expected currency: `"
                                    + currency + "`.");
                });
    }

    private Instant start() {
        Instant start = Times.at(params, "backdate_start_date").orElse(now);
        if (start.isAfter(now)) {
            throw Refusal.badRequest("", "backdate_start_date", "`backdate_start_date` must be in the past.");
        }
        return start;
    }

    private List<SubscriptionItem> items(
            List<ItemChange> wanted, List<SimulatedPrice> prices, Anchor anchor, Instant start) {
        List<SubscriptionItem> items = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            ItemChange item = wanted.get(i);
            SimulatedPrice price = prices.get(i);
            long quantity = ItemRules.quantityOf(item, price, 1);
            Rhythm rhythm = anchor.rhythm(price);
            Instant boundary = rhythm.startAt(now);
            items.add(new SubscriptionItem(
                    book.nextItemId(),
                    price,
                    quantity,
                    item.metadata() == null ? Map.of() : item.metadata(),
                    now,
                    boundary.isBefore(start) ? start : boundary,
                    rhythm.endAfter(now),
                    start));
        }
        return items;
    }
}
