package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.Delivery.Pressure;
import io.tallymark.usage.UsageReport;
import java.util.Set;

/**
 * What each reply to a report means for the money. Accepted and rejected are final, so both need Stripe's own words about this very
 * report; everything else is unknown, and a repeat settles it. The first row that fits decides.
 *
 * <pre>
 * reply                                                      outcome    pressure
 * 2xx that names this report                                 accepted
 * 400 "An event already exists with identifier …"            accepted              same identifier, same value
 * usage record: 5xx with Idempotent-Replayed: true           doubtful   stale      a stored failure, replayed for a day
 * usage record: 400 idempotency_error                        doubtful              the key was used for something else
 * no reply, unreadable, other 2xx, 3xx, 408, 5xx             unknown    outage
 * 401                                                        unknown    outage     our key is at fault
 * 403                                                        unknown               our key may not do this; it may do more
 * 404 unrecognized URL, 400 about the API version            unknown               the account cannot do this; other meters go on
 * 429 with Stripe-Rate-Limited-Reason                        unknown    slow down
 * 429 without it (lock_timeout), 409, 425                    unknown
 * Stripe-Should-Retry: true, idempotency_error               unknown
 * other 4xx                                                  rejected
 * </pre>
 *
 * <p>{@code Stripe-Should-Retry: false} is about repeating a request under its Idempotency-Key at once. It never turns an unknown
 * outcome into a rejection, which would drop usage because of an outage or a rate limit; it only makes the wait longer.
 */
final class DeliveryTable {
    private static final Set<Integer> NOT_THE_REPORTS_FAULT = Set.of(401, 403, 408, 409, 425, 429);
    private static final Set<Integer> CALLS_CANNOT_SUCCEED_NOW = Set.of(401, 408);
    private static final String DUPLICATE = "an event already exists with identifier";
    /** Of its errors stripe-java keeps no headers. */
    private static final String V2_RATE_LIMIT = "rate_limit";

    private static final String IDEMPOTENCY_ERROR = "idempotency_error";

    private DeliveryTable() {}

    /** For a reply of success. */
    static Delivery ofReply(UsageReport sent, SuccessReply reply) {
        return reply.names(sent)
                ? new Delivery(Outcome.ACCEPTED, reply.requestId(), "", 0)
                : new Delivery(
                        Outcome.UNKNOWN,
                        Pressure.OUTAGE,
                        reply.requestId(),
                        "HTTP " + reply.status() + " that does not name the report",
                        0);
    }

    /** For a call that ended in an exception of stripe-java. */
    static Delivery ofFailure(UsageReport sent, StripeException failure) {
        FailedReply reply = FailedReply.of(failure);
        Outcome outcome = outcome(sent, reply);
        boolean unknown = outcome == Outcome.UNKNOWN;
        return new Delivery(
                outcome,
                unknown ? pressure(reply) : outcome == Outcome.DOUBTFUL ? pressureOfSpentKey(reply) : Pressure.NONE,
                reply.requestId(),
                EndpointAdvice.before(sent.mode(), reply) + reply.detail(),
                unknown ? RetryWait.millis(reply) : 0);
    }

    /** For a call in which stripe-java or the platform tripped: it may have gone out. */
    static Delivery ofSurprise(RuntimeException surprise) {
        return new Delivery(Outcome.UNKNOWN, Pressure.OUTAGE, "", Redaction.clean("call failed: " + surprise), 0);
    }

    /** For a report that must not go out. */
    static Delivery unsendable(String reason) {
        return new Delivery(Outcome.REJECTED, "", Redaction.clean("not sent: " + reason), 0);
    }

    /** What a failed call, whatever it was about, says about Stripe as a whole. */
    static Pressure pressure(FailedReply reply) {
        int status = reply.status();
        if (status == 429
                && (!reply.header("Stripe-Rate-Limited-Reason").isEmpty() || V2_RATE_LIMIT.equals(reply.type()))) {
            return Pressure.SLOW_DOWN;
        }
        boolean noAnswer = !reply.inStripesWords() || !reply.isClientError();
        return noAnswer || CALLS_CANNOT_SUCCEED_NOW.contains(status) ? Pressure.OUTAGE : Pressure.NONE;
    }

    /** Neither a sign of life nor of trouble: what was replayed is of the day when it was stored. */
    private static Pressure pressureOfSpentKey(FailedReply reply) {
        return reply.isClientError() ? Pressure.NONE : Pressure.STALE;
    }

    private static Outcome outcome(UsageReport sent, FailedReply reply) {
        if (isDuplicate(sent, reply)) {
            return Outcome.ACCEPTED;
        }
        if (sent.mode().isUsageRecord() && keyIsSpent(reply)) {
            return Outcome.DOUBTFUL;
        }
        return isAboutTheReport(reply) ? Outcome.REJECTED : Outcome.UNKNOWN;
    }

    private static boolean isDuplicate(UsageReport sent, FailedReply reply) {
        return !sent.mode().isUsageRecord()
                && reply.inStripesWords()
                && reply.status() == 400
                && reply.messageContains(DUPLICATE)
                && reply.message().contains(sent.identifier());
    }

    /** Whether repeating under the same Idempotency-Key can tell nothing any more. */
    private static boolean keyIsSpent(FailedReply reply) {
        boolean storedFailure = reply.status() >= 500 && "true".equals(reply.header("Idempotent-Replayed"));
        return storedFailure || (reply.status() == 400 && IDEMPOTENCY_ERROR.equals(reply.type()));
    }

    private static boolean isAboutTheReport(FailedReply reply) {
        return reply.inStripesWords()
                && reply.isClientError()
                && !NOT_THE_REPORTS_FAULT.contains(reply.status())
                && !"true".equals(reply.header("Stripe-Should-Retry"))
                && !IDEMPOTENCY_ERROR.equals(reply.type())
                && !reply.isAboutTheEndpoint();
    }
}
