package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import io.tallymark.usage.Delivery.Pressure;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.HeldUsage.Status;
import io.tallymark.usage.ReportMode;
import java.util.Map;

/**
 * What a failed reading means. A missing customer or target is final, so both need Stripe's own words; everything else is asked again
 * later. The first row that fits decides.
 *
 * <pre>
 * no reply, unreadable, 2xx and 3xx that cannot be read, list too long   unreachable
 * usage records: 404 unrecognized URL, 400 about the API version         no such target
 * meters: the same                                                       unreachable: the address is wrong
 * 404 or 400 about the customer                                          no such customer
 * other 404, 400 resource_missing                                        no such target
 * 401, 403, 429, 5xx, other 4xx                                          unreachable
 * </pre>
 */
final class HeldTable {
    private HeldTable() {}

    static HeldUsage ofFailure(ReportMode mode, StripeException failure) {
        FailedReply reply = FailedReply.of(failure);
        Status status = status(mode, reply);
        return new HeldUsage(
                status,
                Map.of(),
                status == Status.UNREACHABLE ? pressure(failure, reply) : Pressure.NONE,
                EndpointAdvice.before(mode, reply) + reply.detail());
    }

    /** For a reading in which stripe-java or the platform tripped. */
    static HeldUsage ofSurprise(RuntimeException surprise) {
        String detail = Redaction.clean("reading failed: " + surprise);
        return new HeldUsage(Status.UNREACHABLE, Map.of(), Pressure.OUTAGE, detail);
    }

    static HeldUsage noSuchCustomer(String detail) {
        return new HeldUsage(Status.NO_SUCH_CUSTOMER, Map.of(), Pressure.NONE, Redaction.clean(detail));
    }

    static HeldUsage noSuchTarget(String detail) {
        return new HeldUsage(Status.NO_SUCH_TARGET, Map.of(), Pressure.NONE, Redaction.clean(detail));
    }

    /** Whether the call failed because the thing in its path is not there; of a meter the id may only be out of date. */
    static boolean isTargetMissing(ReportMode mode, StripeException failure) {
        return status(mode, FailedReply.of(failure)) == Status.NO_SUCH_TARGET;
    }

    private static Status status(ReportMode mode, FailedReply reply) {
        boolean missing = reply.status() == 404 || reply.status() == 400;
        if (!reply.inStripesWords() || !missing) {
            return Status.UNREACHABLE;
        }
        if (reply.isAboutTheEndpoint()) {
            return mode.isUsageRecord() ? Status.NO_SUCH_TARGET : Status.UNREACHABLE;
        }
        if (reply.param().equals("customer") || reply.messageContains("no such customer")) {
            return Status.NO_SUCH_CUSTOMER;
        }
        return reply.status() == 404 || reply.code().equals("resource_missing")
                ? Status.NO_SUCH_TARGET
                : Status.UNREACHABLE;
    }

    /** A list that is too long is no sign of an outage. */
    private static Pressure pressure(StripeException failure, FailedReply reply) {
        return failure instanceof LongListException ? Pressure.NONE : DeliveryTable.pressure(reply);
    }
}
