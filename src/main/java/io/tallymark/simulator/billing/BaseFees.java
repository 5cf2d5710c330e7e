package io.tallymark.simulator.billing;

import io.tallymark.simulator.catalog.Prices;
import io.tallymark.simulator.catalog.SimulatedPrice;
import io.tallymark.simulator.metering.Rhythm;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The lines of licensed items: whole periods in advance, and parts of periods by the second, half a minor unit away from zero. */
final class BaseFees {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final Prices prices;

    BaseFees(Prices prices) {
        this.prices = prices;
    }

    /** The current period of an item. */
    List<BilledLine> period(Subscription subscription, SubscriptionItem item) {
        return lines(item).stream()
                .map(line -> new BilledLine(
                        subscription.id(),
                        item.id(),
                        "",
                        item.price(),
                        item.start(),
                        item.end(),
                        line.quantity(),
                        line.amount(),
                        line.description(),
                        false))
                .toList();
    }

    /** What was paid for from an instant to the end of the item's period, given back; nothing if there is no time left. */
    List<BilledLine> credit(Subscription subscription, SubscriptionItem item, Instant from) {
        return parts(item, subscription.anchor().rhythm(item.price()), from, item.end()).stream()
                .map(part -> line(
                        subscription,
                        item,
                        part,
                        "Unused time on ",
                        part.amount().negate()))
                .toList();
    }

    /** From an instant to the end of the item's period. */
    List<BilledLine> rest(Subscription subscription, SubscriptionItem item, Instant from) {
        return parts(item, subscription.anchor().rhythm(item.price()), from, item.end()).stream()
                .map(part -> line(subscription, item, part, "Remaining time on ", part.amount()))
                .toList();
    }

    /** Time before the item's first whole period: a line for each period in flexible mode, one for all of it in classic mode. */
    List<BilledLine> before(Subscription subscription, SubscriptionItem item, Instant from, Instant to) {
        Rhythm rhythm = subscription.anchor().rhythm(item.price());
        if (!subscription.flexible() && subscription.start().isBefore(subscription.created())) {
            // Classic backdating reckons with periods that would have begun at the start.
            rhythm = Rhythm.of(subscription.start(), rhythm.interval(), rhythm.count());
        }
        List<Part> parts = parts(item, rhythm, from, to);
        if (!subscription.flexible() && !parts.isEmpty()) {
            BigInteger sum = parts.stream().map(Part::amount).reduce(BigInteger.ZERO, BigInteger::add);
            parts = List.of(new Part(from, to, sum));
        }
        return parts.stream()
                .map(part -> line(subscription, item, part, "Remaining time on ", part.amount()))
                .toList();
    }

    private record Part(Instant start, Instant end, BigInteger amount) {}

    private List<Part> parts(SubscriptionItem item, Rhythm rhythm, Instant from, Instant to) {
        BigInteger whole = lines(item).stream().map(InvoiceLine::amount).reduce(BigInteger.ZERO, BigInteger::add);
        List<Part> parts = new ArrayList<>();
        Instant start = from;
        while (start.isBefore(to)) {
            Instant end = rhythm.endAfter(start);
            Instant cut = end.isBefore(to) ? end : to;
            parts.add(new Part(start, cut, share(whole, seconds(start, cut), seconds(rhythm.startAt(start), end))));
            start = cut;
        }
        return parts;
    }

    private static BigInteger share(BigInteger whole, long seconds, long ofSeconds) {
        return new BigDecimal(whole.multiply(BigInteger.valueOf(seconds)))
                .divide(BigDecimal.valueOf(ofSeconds), 0, RoundingMode.HALF_UP)
                .toBigInteger();
    }

    private static long seconds(Instant start, Instant end) {
        return end.getEpochSecond() - start.getEpochSecond();
    }

    private BilledLine line(
            Subscription subscription, SubscriptionItem item, Part part, String what, BigInteger amount) {
        String quantity = item.quantity() == 1 ? "" : item.quantity() + " × ";
        return new BilledLine(
                subscription.id(),
                item.id(),
                "",
                item.price(),
                part.start(),
                part.end(),
                BigDecimal.valueOf(item.quantity()),
                amount,
                what + quantity + productName(item.price()) + " after " + DAY.format(part.start()),
                true);
    }

    private List<InvoiceLine> lines(SubscriptionItem item) {
        SimulatedPrice.Terms terms = item.price().terms();
        return InvoiceLines.of(
                terms, prices.products().find(terms.product()).orElseThrow(), BigDecimal.valueOf(item.quantity()));
    }

    private String productName(SimulatedPrice price) {
        return prices.products().find(price.terms().product()).orElseThrow().name();
    }
}
