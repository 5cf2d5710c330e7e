package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.UsageQuestion;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Answers what Stripe's summaries state; {@link HeldTable} says what each failure means. All calls
 * of an answer share one deadline. Thread safe; never throws. */
final class HeldReader {
    private static final int MOST_PAGES = 100;

    private final StripeConnection stripe;
    private final AccountReader account;
    private final UsageRecordApi usageRecords;
    private final MeterIds meterIds;

    HeldReader(StripeConnection stripe) {
        this.stripe = stripe;
        this.account = new AccountReader(stripe, MOST_PAGES);
        this.usageRecords = new UsageRecordApi(stripe);
        this.meterIds = new MeterIds(account::meters, System::nanoTime);
    }

    HeldUsage held(UsageQuestion question) {
        try {
            return stripe.withinOneDeadline(
                    () -> question.mode().isUsageRecord() ? inUsageRecords(question) : inMeter(question));
        } catch (StripeException e) {
            return HeldTable.ofFailure(question.mode(), e);
        } catch (RuntimeException e) {
            // Not a stop of the job: the question stays open and is asked again.
            return HeldTable.ofSurprise(e);
        }
    }

    private HeldUsage inMeter(UsageQuestion question) throws StripeException {
        Optional<String> meterId = meterIds.find(question.target());
        if (meterId.isEmpty()) {
            return noSuchMeter(question);
        }
        try {
            return inMeter(question, meterId.get());
        } catch (StripeException e) {
            if (HeldTable.isTargetMissing(question.mode(), e)) {
                return inMeterOfToday(question, meterId.get(), e);
            }
            throw e;
        }
    }

    /** Asks once more when another meter listens to the name by now. */
    private HeldUsage inMeterOfToday(UsageQuestion question, String goneId, StripeException gone)
            throws StripeException {
        Optional<String> meterId = meterIds.findAnew(question.target());
        if (meterId.isEmpty()) {
            return noSuchMeter(question);
        }
        if (meterId.get().equals(goneId)) {
            throw gone;
        }
        return inMeter(question, meterId.get());
    }

    private HeldUsage inMeter(UsageQuestion question, String meterId) throws StripeException {
        String customer = question.stripeCustomerId();
        List<UsageSummary> summaries = question.hourly()
                ? account.hourlySummaries(meterId, customer, question.start(), question.end())
                : account.wholeSummaries(meterId, customer, question.start(), question.end());
        Map<Instant, BigDecimal> values = summaries.stream()
                .filter(summary -> summary.value().signum() != 0)
                .collect(Collectors.toMap(
                        summary -> question.hourly() ? summary.start() : question.start(),
                        UsageSummary::value,
                        BigDecimal::add));
        // Nothing held may mean that Stripe dropped everything, which is what it does with the usage of a deleted
        // customer.
        return values.isEmpty() && account.isDeleted(customer)
                ? HeldTable.noSuchCustomer("the customer " + customer + " was deleted")
                : HeldUsage.of(values);
    }

    private HeldUsage inUsageRecords(UsageQuestion question) throws StripeException {
        List<UsagePeriod> periods = UsagePeriod.touching(
                usageRecords.periods(question.target(), MOST_PAGES), question.start(), question.end());
        boolean same = periods.size() <= 1
                && periods.stream().allMatch(period -> period.isWithin(question.start(), question.end()));
        if (!same) {
            return HeldTable.noSuchTarget("the billing periods of " + question.target() + " begin at "
                    + periods.stream().map(period -> period.start().toString()).collect(Collectors.joining(" and "))
                    + ", not at " + question.start() + ": set billing_customer.billing_anchor to the subscription's");
        }
        BigDecimal held =
                periods.stream().map(UsagePeriod::totalUsage).findFirst().orElse(BigDecimal.ZERO);
        return HeldUsage.of(Map.of(question.start(), held));
    }

    private static HeldUsage noSuchMeter(UsageQuestion question) {
        return HeldTable.noSuchTarget("no active meter with the event name " + question.target());
    }
}
