package io.tallymark.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.model.StripeError;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeResponse;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.UsageReport;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What each reply of the meter event endpoint means for the money. Accepted and rejected are final, so both need Stripe's own words
 * about this very event; everything else is unknown, and repeating the identifier settles it.
 *
 * <pre>
 * 2xx that names the identifier                       accepted
 * 400 "An event already exists with identifier …"     accepted: same identifier, same value
 * no reply, unreadable reply, any other 2xx, 3xx      unknown
 * Stripe-Should-Retry: true                           unknown, whatever the status
 * 408, 409, 425, 429, 5xx, idempotency_error          unknown
 * 401, 403                                            unknown: our key is at fault, not the event
 * other 4xx                                           rejected
 * </pre>
 *
 * <p>{@code Stripe-Should-Retry: false} is about repeating a request under its Idempotency-Key at once. Each of our calls has a new
 * key, so it never turns an unknown outcome into a rejection: that would drop usage because of an outage or a rate limit.
 */
final class DeliveryTable {
    private static final Set<Integer> NOT_THE_EVENTS_FAULT = Set.of(401, 403, 408, 409, 425, 429);
    private static final String DUPLICATE = "an event already exists with identifier";
    private static final long LONGEST_WAIT_SECONDS = 3_600;

    private DeliveryTable() {}

    /** For a call that stripe-java took for a success. */
    static Delivery ofReply(UsageReport sent, com.stripe.model.billing.MeterEvent reply) {
        Optional<StripeResponse> response = Optional.ofNullable(reply.getLastResponse());
        String requestId = response.map(StripeResponse::requestId).orElse("");
        if (sent.identifier().equals(reply.getIdentifier())) {
            return new Delivery(Outcome.ACCEPTED, requestId, "", 0);
        }
        int status = response.map(StripeResponse::code).orElse(0);
        return new Delivery(Outcome.UNKNOWN, requestId, "HTTP " + status + " that does not name the identifier", 0);
    }

    /** For a call that ended in an exception. */
    static Delivery ofFailure(UsageReport sent, StripeException failure) {
        HttpHeaders headers = headersOf(failure);
        return new Delivery(
                outcome(sent, failure, headers),
                headers.firstValue("Request-Id").orElse(""),
                Redaction.clean(detail(failure, headers)),
                retryAfterMillis(headers));
    }

    /** For a call in which stripe-java or the platform tripped: it may have gone out. */
    static Delivery ofSurprise(RuntimeException surprise) {
        return new Delivery(Outcome.UNKNOWN, "", Redaction.clean("call failed: " + surprise), 0);
    }

    private static Outcome outcome(UsageReport sent, StripeException failure, HttpHeaders headers) {
        StripeError error = failure.getStripeError();
        if (error == null) {
            return Outcome.UNKNOWN;
        }
        int status = statusOf(failure);
        if (status == 400 && isDuplicate(sent, error)) {
            return Outcome.ACCEPTED;
        }
        boolean retry =
                headers.firstValue("Stripe-Should-Retry").map("true"::equals).orElse(false);
        boolean clientError = status >= 400 && status <= 499;
        boolean aboutTheRequest = NOT_THE_EVENTS_FAULT.contains(status) || "idempotency_error".equals(error.getType());
        return retry || !clientError || aboutTheRequest ? Outcome.UNKNOWN : Outcome.REJECTED;
    }

    private static boolean isDuplicate(UsageReport sent, StripeError error) {
        String message = orEmpty(error.getMessage());
        return message.toLowerCase(Locale.ROOT).contains(DUPLICATE) && message.contains(sent.identifier());
    }

    private static String detail(StripeException failure, HttpHeaders headers) {
        StripeError error = failure.getStripeError();
        if (failure instanceof ApiConnectionException || error == null) {
            return orEmpty(failure.getMessage());
        }
        String limit = headers.firstValue("Stripe-Rate-Limited-Reason")
                .map(reason -> "limit " + reason)
                .orElse("");
        return Stream.of("HTTP " + statusOf(failure), orEmpty(error.getCode()), limit, orEmpty(error.getMessage()))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" · "));
    }

    private static long retryAfterMillis(HttpHeaders headers) {
        String seconds = headers.firstValue("Retry-After").orElse("").strip();
        if (!seconds.matches("\\d{1,9}")) {
            return 0;
        }
        return Math.min(Long.parseLong(seconds), LONGEST_WAIT_SECONDS) * 1_000;
    }

    private static HttpHeaders headersOf(StripeException failure) {
        if (failure instanceof UnreadableReplyException unreadable) {
            return unreadable.headers();
        }
        return Optional.ofNullable(failure.getStripeError())
                .map(StripeError::getLastResponse)
                .map(StripeResponse::headers)
                .orElseGet(() -> HttpHeaders.of(Map.of()));
    }

    private static int statusOf(StripeException failure) {
        return Optional.ofNullable(failure.getStatusCode()).orElse(0);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
