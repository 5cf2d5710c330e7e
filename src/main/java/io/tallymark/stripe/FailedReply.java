package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import com.stripe.model.StripeError;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call that failed, read out of stripe-java's exceptions once and for all.
 *
 * @param status HTTP status; 0 when there was no reply
 * @param headers of the reply; empty when there was none, or when stripe-java did not keep them, as with errors of the v2 API
 * @param inStripesWords whether the reply carried Stripe's own error object; without it nothing proves that Stripe answered
 * @param type {@code error.type}; empty when absent, as the next two
 * @param code {@code error.code}
 * @param param {@code error.param}: what the error is about
 * @param message Stripe's message, or the exception's; not yet cleaned of secrets
 */
record FailedReply(
        int status,
        HttpHeaders headers,
        boolean inStripesWords,
        String type,
        String code,
        String param,
        String message) {

    static FailedReply of(StripeException failure) {
        if (failure instanceof UnreadableReplyException unreadable) {
            return withoutError(unreadable.status(), unreadable.headers(), unreadable);
        }
        StripeError error = failure.getStripeError();
        int status = Optional.ofNullable(failure.getStatusCode()).orElse(0);
        if (error == null) {
            return withoutError(status, HttpHeaders.of(Map.of()), failure);
        }
        HttpHeaders headers = Optional.ofNullable(error.getLastResponse())
                .map(StripeResponse::headers)
                .orElseGet(() -> HttpHeaders.of(Map.of()));
        return new FailedReply(
                status,
                headers,
                true,
                orEmpty(error.getType()),
                orEmpty(error.getCode()),
                orEmpty(error.getParam()),
                orEmpty(error.getMessage()));
    }

    String requestId() {
        return Redaction.clean(header("Request-Id"));
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    boolean isClientError() {
        return status >= 400 && status <= 499;
    }

    boolean messageContains(String lowerCase) {
        return message.toLowerCase(Locale.ROOT).contains(lowerCase);
    }

    /** Whether Stripe has no such endpoint, or not in the API version that was asked for. */
    boolean isAboutTheEndpoint() {
        boolean noSuchUrl = status == 404 && messageContains("unrecognized request url");
        boolean noSuchVersion = status == 400 && messageContains("api version");
        return inStripesWords && (noSuchUrl || noSuchVersion);
    }

    /** Status, code, limit and message, cleaned. */
    String detail() {
        if (!inStripesWords) {
            return Redaction.clean(message);
        }
        String reason = header("Stripe-Rate-Limited-Reason");
        String limit = reason.isEmpty() ? "" : "limit " + reason;
        return Redaction.clean(Stream.of("HTTP " + status, code, limit, message)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" · ")));
    }

    private static FailedReply withoutError(int status, HttpHeaders headers, StripeException failure) {
        return new FailedReply(status, headers, false, "", "", "", orEmpty(failure.getMessage()));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
