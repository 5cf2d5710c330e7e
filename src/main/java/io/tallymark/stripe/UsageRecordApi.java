package io.tallymark.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.FormEncoder;
import com.stripe.net.RawRequestOptions;
import com.stripe.net.StripeResponse;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.util.Map;

/** The legacy endpoints of subscription items, which stripe-java no longer knows: raw calls in the last API version that had them. */
final class UsageRecordApi {
    static final String VERSION = "2025-02-24.acacia";

    private final StripeClient client;

    UsageRecordApi(StripeClient client) {
        this.client = client;
    }

    /** Tells one quantity; it must be whole and not negative. */
    StripeResponse create(UsageReport report, String idempotencyKey) throws StripeException {
        Map<String, Object> params = Map.of(
                "quantity", report.value().toBigIntegerExact().toString(),
                "timestamp", Long.toString(report.timestamp().getEpochSecond()),
                "action", report.mode() == ReportMode.USAGE_RECORD_INCREMENT ? "increment" : "set");
        RawRequestOptions options = options().setIdempotencyKey(idempotencyKey).build();
        return client.rawRequest(
                RequestMethod.POST,
                path(report.target(), "usage_records"),
                FormEncoder.createQueryString(params),
                options);
    }

    private static String path(String item, String resource) throws StripeException {
        return "/v1/subscription_items/" + ApiResource.urlEncodeId(item) + "/" + resource;
    }

    private static RawRequestOptions.RawRequestOptionsBuilder options() {
        return RawRequestOptions.builder().setAdditionalHeaders(Map.of("Stripe-Version", VERSION));
    }
}
