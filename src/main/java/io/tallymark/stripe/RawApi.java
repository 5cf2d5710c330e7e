package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.FormEncoder;
import com.stripe.net.RawRequestOptions;
import com.stripe.net.StripeResponse;
import java.util.Map;

/** Calls that stripe-java's classes cannot say: forms as written, and other API versions than its own. */
final class RawApi {
    /** For stripe-java's own version. */
    static final String CURRENT = "";

    private static final int MOST_KEYS = 10;

    private final StripeConnection stripe;

    RawApi(StripeConnection stripe) {
        this.stripe = stripe;
    }

    /** @param form texts, and maps and lists of them */
    JsonNode post(String path, Map<String, Object> form, String version) throws StripeException {
        return call(RequestMethod.POST, path, FormEncoder.createQueryString(form), options(version));
    }

    /**
     * In the current version; a repeat with the same key and form gets the reply of the first call for about a day. When that reply is a
     * stored failure, the key is spent, and the next one of its row is used: whoever repeats a call has looked since whether the first one
     * was carried out, and it was not.
     */
    JsonNode postOnce(String path, Map<String, Object> form, String idempotencyKey) throws StripeException {
        return once(RequestMethod.POST, path, FormEncoder.createQueryString(form), idempotencyKey);
    }

    /** As {@link #postOnce}; a DELETE has its parameters in the address. */
    JsonNode deleteOnce(String path, Map<String, Object> form, String idempotencyKey) throws StripeException {
        return once(RequestMethod.DELETE, path + "?" + FormEncoder.createQueryString(form), "", idempotencyKey);
    }

    JsonNode get(String path, String version) throws StripeException {
        return call(RequestMethod.GET, path, "", options(version));
    }

    private JsonNode once(RequestMethod method, String path, String content, String idempotencyKey)
            throws StripeException {
        String key = idempotencyKey;
        for (int next = 2; ; next++) {
            try {
                return call(
                        method,
                        path,
                        content,
                        RawRequestOptions.builder().setIdempotencyKey(key).build());
            } catch (StripeException e) {
                if (next > MOST_KEYS
                        || !FailedReply.of(e).header("Idempotent-Replayed").equals("true")) {
                    throw e;
                }
                key = idempotencyKey + "-" + next;
            }
        }
    }

    private JsonNode call(RequestMethod method, String path, String content, RawRequestOptions options)
            throws StripeException {
        StripeResponse reply = stripe.client().rawRequest(method, path, content, options);
        return ReplyJson.parse(reply.body())
                .orElseThrow(
                        () -> new UnreadableReplyException(reply.code(), reply.headers(), "a body that is no JSON"));
    }

    private static RawRequestOptions options(String version) {
        RawRequestOptions.RawRequestOptionsBuilder options = RawRequestOptions.builder();
        return version.isEmpty()
                ? options.build()
                : options.setAdditionalHeaders(Map.of("Stripe-Version", version))
                        .build();
    }
}
