package io.tallymark.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.net.HttpHeaders;

/**
 * A reply that Stripe would not give: empty, cut, without what it must hold, or from a proxy. It proves nothing about the call, whatever its status, and stripe-java
 * would trip over it; what the headers said is kept.
 */
final class UnreadableReplyException extends ApiConnectionException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient HttpHeaders headers;

    UnreadableReplyException(int status, HttpHeaders headers, String what) {
        super("HTTP " + status + " with " + what);
        this.status = status;
        this.headers = headers;
    }

    int status() {
        return status;
    }

    HttpHeaders headers() {
        return headers;
    }
}
