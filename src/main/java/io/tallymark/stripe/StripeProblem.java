package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import io.tallymark.usage.UserError;
import java.util.Optional;

/** Turns a failed call of a person's command into one line and its remedy; the API key never shows. */
final class StripeProblem {
    private StripeProblem() {}

    static UserError of(StripeSettings settings, StripeException failure) {
        if (failure instanceof LongListException) {
            return new UserError(message(failure), "ask for less, such as a shorter time range");
        }
        int status = Optional.ofNullable(failure.getStatusCode()).orElse(0);
        String key = settings.apiKey().name();
        return switch (status) {
            case 0 -> unreachable(settings, failure);
            case 401 ->
                new UserError(
                        "Stripe refused the API key (HTTP 401)", "set " + key + " to a secret key of this account");
            case 403 ->
                new UserError(
                        "the API key may not do this (HTTP 403): " + message(failure),
                        "allow " + key
                                + " to write billing meter events, and to read and write meters, customers, products"
                                + " and prices");
            case 429 ->
                new UserError(
                        "Stripe limits the rate of calls (HTTP 429): " + message(failure), "try again in a minute");
            case 500, 502, 503, 504 ->
                new UserError(
                        "Stripe is out of order (HTTP " + status + "): " + message(failure),
                        "try again in a minute; status.stripe.com says more");
            default ->
                new UserError(
                        "Stripe refused (HTTP " + status + "): " + message(failure),
                        "look up the request id in Stripe's dashboard under Developers, Logs");
        };
    }

    /** For a reply that stripe-java trips over. */
    static UserError ofSurprise(StripeSettings settings, RuntimeException surprise) {
        return withCause(
                "cannot read the reply of " + settings.apiBase() + ": it is not what Stripe answers to this call",
                "try again; if that does not help, check that stripe.api-base is Stripe's address",
                surprise);
    }

    /** Empty when the failure says nothing about usage records. */
    static Optional<UserError> ofUsageRecords(String item, StripeException failure) {
        FailedReply reply = FailedReply.of(failure);
        if (reply.isAboutTheEndpoint()) {
            return Optional.of(new UserError(
                    "this Stripe account has no usage records in API version " + UsageRecordApi.VERSION + ": "
                            + reply.detail(),
                    "move the meter to a billing meter and set stripe.mode to hourly-total, delta or period-total"));
        }
        return reply.inStripesWords() && reply.status() == 404
                ? Optional.of(new UserError(
                        "Stripe has no subscription item " + item, "correct it in the table billing_item"))
                : Optional.empty();
    }

    private static UserError unreachable(StripeSettings settings, StripeException failure) {
        return withCause(
                "cannot talk to Stripe at " + settings.apiBase() + ": " + message(failure),
                "try again; if that does not help, check stripe.api-base, the network and any proxy",
                Optional.ofNullable(failure.getCause()).orElse(failure));
    }

    /** Without the cause when it holds somebody's text with a key in it: a log would print it. */
    private static UserError withCause(String problem, String remedy, Throwable cause) {
        return Redaction.isSafe(cause) ? new UserError(problem, remedy, cause) : new UserError(problem, remedy);
    }

    private static String message(StripeException failure) {
        return Redaction.clean(String.valueOf(failure.getMessage()));
    }
}
