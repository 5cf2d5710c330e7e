package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import com.stripe.net.RequestOptions;
import com.stripe.net.StripeResponse;
import com.stripe.param.billing.MeterEventCreateParams;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.security.SecureRandom;

/**
 * Tells Stripe, one call for each report: meter events, or usage records of legacy subscription items. Every call ends within its
 * deadline with a {@link Delivery} and is never repeated from here; {@link DeliveryTable} says what each reply means. Reads back what
 * Stripe holds, in a few calls that share one deadline.
 */
public final class StripeReportSender implements ReportSender {
    private static final BigDecimal MOST_USAGE = BigDecimal.valueOf(Long.MAX_VALUE);

    private final StripeConnection stripe;
    private final UsageRecordApi usageRecords;
    private final HeldReader reader;
    private final IdempotencyKeys keys = new IdempotencyKeys(new SecureRandom());

    private StripeReportSender(StripeConnection stripe) {
        this.stripe = stripe;
        this.usageRecords = new UsageRecordApi(stripe);
        this.reader = new HeldReader(stripe);
    }

    /**
     * Opens a sender; no call is made.
     *
     * @throws io.tallymark.usage.UserError when the key cannot be resolved or cannot work
     */
    public static StripeReportSender open(StripeSettings settings) {
        return new StripeReportSender(StripeConnection.open(settings));
    }

    @Override
    public Delivery send(UsageReport report) {
        if (report.mode().isUsageRecord() && !isWholeQuantity(report.value())) {
            return DeliveryTable.unsendable(
                    "usage records take whole numbers from 0, and the value is " + report.value());
        }
        try {
            return DeliveryTable.ofReply(report, SuccessReply.of(call(report)));
        } catch (StripeException e) {
            return DeliveryTable.ofFailure(report, e);
        } catch (RuntimeException e) {
            // Not a stop of the job: the reporter counts attempts, and the detail goes with the report.
            return DeliveryTable.ofSurprise(e);
        }
    }

    @Override
    public HeldUsage held(UsageQuestion question) {
        return reader.held(question);
    }

    @Override
    public void close() {
        stripe.close();
    }

    private StripeResponse call(UsageReport report) throws StripeException {
        String key = keys.keyOf(report);
        return report.mode().isUsageRecord()
                ? usageRecords.create(report, key)
                : createMeterEvent(report, key).getLastResponse();
    }

    private com.stripe.model.billing.MeterEvent createMeterEvent(UsageReport report, String key)
            throws StripeException {
        MeterEventCreateParams params = MeterEventCreateParams.builder()
                .setEventName(report.target())
                .putPayload(StripeMeter.CUSTOMER_KEY, report.stripeCustomerId())
                .putPayload(StripeMeter.VALUE_KEY, plain(report.value()))
                .setIdentifier(report.identifier())
                .setTimestamp(report.timestamp().getEpochSecond())
                .build();
        RequestOptions options = RequestOptions.builder().setIdempotencyKey(key).build();
        return stripe.client().v1().billing().meterEvents().create(params, options);
    }

    /** The reporter never asks for another one; a fraction cut off here would be lost without a trace. */
    private static boolean isWholeQuantity(BigDecimal value) {
        return value.signum() >= 0
                && value.compareTo(MOST_USAGE) <= 0
                && value.stripTrailingZeros().scale() <= 0;
    }

    /** Without exponent and without trailing zeros: Stripe counts digits. */
    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }
}
