package io.tallymark.report;

import io.tallymark.usage.BillingPeriod;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the database may know of one hour of a customer billed by calendar months. */
final class Standings {
    static final Instant NOW = Instant.parse("2026-11-20T10:30:00Z");
    static final DueHour HOUR = DueHour.of("tokens", "acme", Instant.parse("2026-11-20T08:00:00Z"));
    static final BillingPeriod NOVEMBER =
            BillingPeriod.containing(NOW, BillingPeriod.DEFAULT_ANCHOR, BillingPeriod.Interval.MONTH);

    private Standings() {}

    static Target target(ReportMode mode) {
        return new Target(mode, mode.isUsageRecord() ? "si_acme" : "tokens", "cus_acme");
    }

    static HourStanding of(String total, ReportIntent... intents) {
        return at(HOUR, NOW, true, total, intents);
    }

    static HourStanding at(DueHour hour, Instant now, boolean anchored, String total, ReportIntent... intents) {
        BillingPeriod period =
                BillingPeriod.containing(hour.start(), BillingPeriod.DEFAULT_ANCHOR, BillingPeriod.Interval.MONTH);
        return mapped(hour, now, new HourStanding.Mapping("cus_acme", "si_acme", period, anchored), total, intents);
    }

    static HourStanding mapped(
            DueHour hour, Instant now, HourStanding.Mapping mapping, String total, ReportIntent... intents) {
        return new HourStanding(
                hour,
                now,
                new HourStanding.Due(now.minusSeconds(10), 1),
                new BigDecimal(total),
                false,
                mapping,
                List.of(intents),
                null,
                null);
    }

    /** Of the hour's first report, which Stripe accepted. */
    static ReportIntent told(Target target, String amount) {
        return intent(target, amount, ReportIntent.State.ACCEPTED);
    }

    static ReportIntent intent(Target target, String amount, ReportIntent.State state) {
        BigDecimal number = new BigDecimal(amount);
        return ReportIntent.create(HOUR, 1, target, number, number, HOUR.start(), state);
    }

    /** What the target was told of the period: a sum, and when the newest was stamped. */
    static PeriodStanding period(String told, @Nullable String newestTimestamp) {
        BigDecimal number = new BigDecimal(told);
        Instant newest = newestTimestamp == null ? null : Instant.parse(newestTimestamp);
        return new PeriodStanding(number, newest == null ? null : number, newest, false, null, null);
    }

    /** What the table says of the period's hours, after the target was told a value at the start of the hour. */
    static PeriodStanding hours(String newestTold, @Nullable String largest, @Nullable String newest) {
        return new PeriodStanding(
                BigDecimal.ZERO,
                new BigDecimal(newestTold),
                HOUR.start(),
                false,
                largest == null ? null : new BigDecimal(largest),
                newest == null ? null : new BigDecimal(newest));
    }
}
