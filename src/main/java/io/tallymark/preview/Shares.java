package io.tallymark.preview;

import io.tallymark.stripe.StripeInvoiceLine;
import io.tallymark.usage.BillingPeriod;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** What a part of a period costs: its share by the second, in the seconds that Stripe's line names. */
final class Shares {
    private Shares() {}

    /** The period that an instant is in; empty for intervals of several. */
    static Optional<BillingPeriod> period(SoldPrice price, Instant anchor, Instant at) {
        if (price.intervalCount() != 1) {
            return Optional.empty();
        }
        BillingPeriod.Interval interval =
                BillingPeriod.Interval.fromSql(price.interval().toLowerCase(Locale.ROOT));
        return Optional.of(BillingPeriod.containing(at, anchor, interval));
    }

    /** Our line for a proration of Stripe's, a credit as it is one; empty when we cannot know. */
    static Optional<OwnLine> of(SoldPrice price, Instant anchor, StripeInvoiceLine line) {
        return period(price, anchor, line.periodStart())
                .flatMap(period -> price.pricing().map(pricing -> {
                    BigDecimal whole =
                            new BigDecimal(pricing.rate(line.quantity()).amount());
                    BigDecimal share = whole.multiply(seconds(line.periodStart(), line.periodEnd()))
                            .divide(seconds(period.start(), period.end()), 0, RoundingMode.HALF_UP);
                    return new OwnLine(
                            Part.PRORATION,
                            price.label(),
                            0,
                            false,
                            line.quantity(),
                            whole,
                            line.amount().signum() < 0 ? share.negate() : share,
                            line.periodStart(),
                            line.periodEnd());
                }));
    }

    private static BigDecimal seconds(Instant from, Instant to) {
        return BigDecimal.valueOf(Duration.between(from, to).toSeconds());
    }
}
