package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import io.tallymark.usage.Delivery.Pressure;

/**
 * Stripe could not be asked; ask again later. The message holds no secret, and there is no cause, for its text may be the reply's own:
 * the message says the same, cleaned.
 */
public final class StripeUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String detail;
    private final Pressure pressure;
    private final long retryAfterMillis;

    private StripeUnavailableException(String detail, Pressure pressure, long retryAfterMillis) {
        super(detail);
        this.detail = detail;
        this.pressure = pressure;
        this.retryAfterMillis = retryAfterMillis;
    }

    static StripeUnavailableException of(StripeException failure) {
        FailedReply reply = FailedReply.of(failure);
        Pressure pressure = failure instanceof LongListException ? Pressure.NONE : DeliveryTable.pressure(reply);
        return new StripeUnavailableException(reply.detail(), pressure, RetryWait.millis(reply));
    }

    static StripeUnavailableException ofSurprise(RuntimeException surprise) {
        return new StripeUnavailableException(Redaction.clean("reading failed: " + surprise), Pressure.OUTAGE, 0);
    }

    /** The message. */
    public String detail() {
        return detail;
    }

    /** What the failure says about Stripe as a whole. */
    public Pressure pressure() {
        return pressure;
    }

    /** The least wait that Stripe asked for; 0 when it did not. */
    public long retryAfterMillis() {
        return retryAfterMillis;
    }
}
