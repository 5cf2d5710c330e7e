package io.tallymark.simulator.billing;

import io.tallymark.simulator.catalog.Prices;
import io.tallymark.simulator.catalog.SimulatedPrice;
import io.tallymark.simulator.metering.LegacyItems;
import io.tallymark.simulator.metering.Meters;
import io.tallymark.simulator.metering.SimulatedMeter;
import io.tallymark.simulator.metering.UsageLedger;
import java.math.BigDecimal;
import java.util.List;

/** What a metered item used, and the lines that it makes, as of now: by the timestamps of what was counted so far. */
final class MeteredUsage {
    private final Prices prices;
    private final Meters meters;
    private final UsageLedger usage;
    private final LegacyItems legacy;

    MeteredUsage(Prices prices, Meters meters, UsageLedger usage, LegacyItems legacy) {
        this.prices = prices;
        this.meters = meters;
        this.usage = usage;
        this.legacy = legacy;
    }

    BigDecimal counted(UsageStretch stretch) {
        long start = stretch.start().getEpochSecond();
        long end = stretch.end().getEpochSecond();
        if (start >= end) {
            return BigDecimal.ZERO;
        }
        if (stretch.item().isLegacy()) {
            return legacy.billed(stretch.item().id(), start, end);
        }
        SimulatedMeter meter = meters.find(
                        SubscriptionItem.recurring(stretch.item().price()).meter())
                .orElseThrow();
        return usage.counted(new UsageLedger.Account(meter.id(), stretch.customer()), start, end)
                .aggregate(meter.formula());
    }

    List<BilledLine> lines(UsageStretch stretch) {
        SimulatedPrice price = stretch.item().price();
        return InvoiceLines.of(
                        price.terms(),
                        prices.products().find(price.terms().product()).orElseThrow(),
                        counted(stretch))
                .stream()
                .map(line -> new BilledLine(
                        stretch.subscription(),
                        stretch.item().id(),
                        "",
                        price,
                        stretch.start(),
                        stretch.end(),
                        line.quantity(),
                        line.amount(),
                        line.description(),
                        false))
                .toList();
    }
}
