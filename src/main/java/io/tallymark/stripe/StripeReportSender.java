package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import com.stripe.param.billing.MeterEventCreateParams;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;

/**
 * Sends meter events to Stripe, one call each. Every call ends within its deadline with a {@link Delivery} and is never repeated from
 * here; {@link DeliveryTable} says what each reply means.
 */
public final class StripeReportSender implements ReportSender {
    private final StripeConnection stripe;

    private StripeReportSender(StripeConnection stripe) {
        this.stripe = stripe;
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
    public Delivery send(UsageReport event) {
        try {
            return DeliveryTable.ofReply(
                    event, stripe.client().v1().billing().meterEvents().create(params(event)));
        } catch (StripeException e) {
            return DeliveryTable.ofFailure(event, e);
        } catch (RuntimeException e) {
            // Not a stop of the job: the reporter counts attempts, and the detail goes with the report.
            return DeliveryTable.ofSurprise(e);
        }
    }

    @Override
    public HeldUsage held(UsageQuestion question) {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public void close() {
        stripe.close();
    }

    private static MeterEventCreateParams params(UsageReport event) {
        return MeterEventCreateParams.builder()
                .setEventName(event.target())
                .putPayload("stripe_customer_id", event.stripeCustomerId())
                .putPayload("value", plain(event.value()))
                .setIdentifier(event.identifier())
                .setTimestamp(event.timestamp().getEpochSecond())
                .build();
    }

    /** Without exponent and without trailing zeros: Stripe counts digits. */
    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }
}
