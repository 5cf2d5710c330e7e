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

    private final StripeConnection stripe;

    RawApi(StripeConnection stripe) {
        this.stripe = stripe;
    }

    /** @param form texts, and maps and lists of them */
    JsonNode post(String path, Map<String, Object> form, String version) throws StripeException {
        return call(RequestMethod.POST, path, FormEncoder.createQueryString(form), version);
    }

    JsonNode get(String path, String version) throws StripeException {
        return call(RequestMethod.GET, path, "", version);
    }

    private JsonNode call(RequestMethod method, String path, String content, String version) throws StripeException {
        StripeResponse reply = stripe.client().rawRequest(method, path, content, options(version));
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
