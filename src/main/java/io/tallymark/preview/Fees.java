package io.tallymark.preview;

import io.tallymark.billing.LiveSubscription;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeInvoiceLine;
import io.tallymark.stripe.StripeSchedule;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fixed fees of the coming period, and what a change of them within the running one is settled by. */
final class Fees {
    private final StripeSubscription subscription;
    private final Due due;
    private final PriceBook prices;
    private final Sheet sheet;
    private final List<StripeInvoiceLine> prorations = new ArrayList<>();

    Fees(LiveSubscription live, Due due, PriceBook prices, Sheet sheet) {
        this.subscription = live.subscription();
        this.due = due;
        this.prices = prices;
        this.sheet = sheet;
    }

    /** Takes a line of Stripe's that bills no usage of ours. */
    void theirs(StripeInvoiceLine line) {
        if (line.priceId().isEmpty()) {
            SoldPrice none = SoldPrice.unknown(line.description());
            sheet.theirs(Part.OTHER, none, Figures.of(line));
            sheet.unknown(Part.OTHER, none, "Stripe's only: it has no price");
            return;
        }
        SoldPrice price = prices.price(line.priceId());
        if (price.metered()) {
            sheet.theirs(Part.OTHER, price, Figures.of(line));
            sheet.unknown(Part.OTHER, price, "Stripe's only: it bills usage that tallymark.yaml does not meter");
        } else if (line.proration()) {
            sheet.theirs(Part.PRORATION, price, Figures.of(line));
            prorations.add(line);
        } else {
            sheet.theirs(Part.FEE, price, Figures.of(line));
        }
    }

    /** Reckons ours. */
    void ours(StripeBilling stripe) {
        if (due.renews()) {
            Optional<StripeSchedule.Phase> next = nextPhase(stripe);
            if (next.isPresent()) {
                next.get().priceIds().forEach(id -> fee(id, quantityOf(id)));
            } else {
                subscription.items().stream()
                        .filter(due::includes)
                        .forEach(item -> fee(item.priceId(), quantity(item)));
            }
        }
        prorations.forEach(this::prorate);
    }

    private Optional<StripeSchedule.Phase> nextPhase(StripeBilling stripe) {
        if (subscription.scheduleId().isEmpty()) {
            return Optional.empty();
        }
        return stripe.schedule(subscription.scheduleId()).stream()
                .flatMap(schedule -> schedule.phases().stream())
                .filter(phase -> phase.start().equals(due.end()))
                .findFirst();
    }

    private void fee(String priceId, long quantity) {
        SoldPrice price = prices.price(priceId);
        if (!price.metered()) {
            sheet.ours(Part.FEE, price, BigDecimal.valueOf(quantity), due.end(), nextEnd(price));
        }
    }

    private Instant nextEnd(SoldPrice price) {
        return Shares.period(price, subscription.anchor(), due.end())
                .map(period -> period.end())
                .orElse(due.end());
    }

    /** A phase does not say it: as now, or as that of the fee which it replaces. */
    private long quantityOf(String priceId) {
        List<StripeSubscriptionItem> fixed =
                subscription.items().stream().filter(item -> !item.isMetered()).toList();
        Optional<StripeSubscriptionItem> same =
                fixed.stream().filter(item -> item.priceId().equals(priceId)).findFirst();
        return same.map(Fees::quantity).orElse(fixed.size() == 1 ? quantity(fixed.get(0)) : 1);
    }

    private static long quantity(StripeSubscriptionItem item) {
        Long quantity = item.quantity();
        return quantity == null ? 1 : quantity;
    }

    private void prorate(StripeInvoiceLine line) {
        SoldPrice price = prices.price(line.priceId());
        Optional<OwnLine> ours = Shares.of(price, subscription.anchor(), line);
        if (ours.isPresent()) {
            sheet.ours(price, ours.get());
        } else {
            sheet.unknown(Part.PRORATION, price, "Stripe's only: the length of its whole period is not known here");
        }
    }
}
