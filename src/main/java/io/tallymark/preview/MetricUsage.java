package io.tallymark.preview;

import io.tallymark.preview.UsageBooks.Hours;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the usage of one metric on the sheet. What Stripe was not told of hours that a change of price has sealed is carried into the next
 * stretch, and billed at its price.
 */
final class MetricUsage {
    private final String metric;
    private final boolean addsUp;
    private final PriceBook prices;
    private final Sheet sheet;

    /** @param addsUp whether the quantities of hours add up to the period's */
    MetricUsage(String metric, boolean addsUp, PriceBook prices, Sheet sheet) {
        this.metric = metric;
        this.addsUp = addsUp;
        this.prices = prices;
        this.sheet = sheet;
    }

    /**
     * Reckons all stretches.
     *
     * @param stretches in order, those that go on last
     * @return what Stripe does not know of them; empty without stretches
     */
    Optional<Untold> reckon(Map<Stretch, Hours> stretches) {
        boolean goesOn = stretches.keySet().stream().anyMatch(stretch -> !stretch.ended());
        Optional<Untold> ended = Optional.empty();
        Optional<Untold> running = Optional.empty();
        for (Map.Entry<Stretch, Hours> entry : stretches.entrySet()) {
            Stretch stretch = entry.getKey();
            Hours hours = entry.getValue();
            if (!stretch.ended()) {
                Untold untold = hours.untold().plus(ended);
                BigDecimal late = addsUp ? ended.map(Untold::due).orElse(BigDecimal.ZERO) : BigDecimal.ZERO;
                reckon(stretch, hours.used().add(late), untold);
                credit(stretch, hours.credit());
                running = Optional.of(untold);
            } else {
                boolean carries = goesOn && addsUp;
                BigDecimal due = carries ? hours.untold().due() : BigDecimal.ZERO;
                reckon(
                        stretch,
                        hours.used().subtract(due),
                        carries ? hours.untold().withoutDue() : hours.untold());
                credit(stretch, hours.credit());
                ended = Optional.of(hours.untold().plus(ended));
            }
        }
        return running.isPresent() ? running : ended;
    }

    private void credit(Stretch stretch, BigDecimal credit) {
        String id = stretch.priceId();
        if (id != null && credit.signum() < 0) {
            sheet.credit(prices.price(id), credit);
        }
    }

    private void reckon(Stretch stretch, BigDecimal quantity, Untold untold) {
        String id = stretch.priceId();
        if (id != null) {
            SoldPrice price = prices.price(id);
            sheet.ours(Part.USAGE, price, quantity, stretch.from(), stretch.to());
            sheet.explain(price, untold);
        } else if (quantity.signum() != 0) {
            sheet.unknown(
                    Part.USAGE,
                    SoldPrice.unknown(metric + " until " + stretch.to()),
                    "Stripe shows no line for " + PreviewText.plain(quantity) + " " + metric + " before the change");
        }
    }
}
