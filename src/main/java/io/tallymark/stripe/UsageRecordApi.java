package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.FormEncoder;
import com.stripe.net.RawRequestOptions;
import com.stripe.net.StripeResponse;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The legacy endpoints of subscription items, which stripe-java no longer knows: raw calls in the last API version that had them. */
final class UsageRecordApi {
    static final String VERSION = "2025-02-24.acacia";

    private final StripeConnection stripe;

    UsageRecordApi(StripeConnection stripe) {
        this.stripe = stripe;
    }

    /** Tells one quantity; it must be whole and not negative. */
    StripeResponse create(UsageReport report, String idempotencyKey) throws StripeException {
        Map<String, Object> params = Map.of(
                "quantity", report.value().toBigIntegerExact().toString(),
                "timestamp", Long.toString(report.timestamp().getEpochSecond()),
                "action", report.mode() == ReportMode.USAGE_RECORD_INCREMENT ? "increment" : "set");
        RawRequestOptions options = options().setIdempotencyKey(idempotencyKey).build();
        return stripe.client()
                .rawRequest(
                        RequestMethod.POST,
                        path(report.target(), "usage_records"),
                        FormEncoder.createQueryString(params),
                        options);
    }

    /**
     * What the item holds in each billing period, the newest first.
     *
     * @param mostPages bound of the list; a longer one is a {@link LongListException}
     */
    List<UsagePeriod> periods(String item, int mostPages) throws StripeException {
        List<UsagePeriod> all = new ArrayList<>();
        for (int page = 0; page < mostPages; page++) {
            String after = all.isEmpty()
                    ? ""
                    : "&starting_after="
                            + ApiResource.urlEncodeId(all.get(all.size() - 1).id());
            StripeResponse reply = get(path(item, "usage_record_summaries") + "?limit=" + AccountReader.PAGE + after);
            List<UsagePeriod> next = periodsOf(reply);
            all.addAll(next);
            if (next.isEmpty() || !json(reply).path("has_more").asBoolean()) {
                return all;
            }
        }
        throw new LongListException(mostPages * AccountReader.PAGE);
    }

    /** Makes the cheapest call that shows whether the account has usage records and this item. */
    void probe(String item) throws StripeException {
        get(path(item, "usage_record_summaries") + "?limit=1");
    }

    private StripeResponse get(String path) throws StripeException {
        return stripe.client().rawRequest(RequestMethod.GET, path, "", options().build());
    }

    private static List<UsagePeriod> periodsOf(StripeResponse reply) throws UnreadableReplyException {
        JsonNode data = json(reply).path("data");
        List<UsagePeriod> periods = new ArrayList<>();
        data.forEach(entry -> UsagePeriod.fromJson(entry).ifPresent(periods::add));
        if (!data.isArray() || periods.size() != data.size()) {
            throw new UnreadableReplyException(
                    reply.code(), reply.headers(), "a body that is no list of usage record summaries");
        }
        return periods;
    }

    private static JsonNode json(StripeResponse reply) {
        return ReplyJson.parse(reply.body()).orElseGet(JsonNodeFactory.instance::objectNode);
    }

    private static String path(String item, String resource) throws StripeException {
        return "/v1/subscription_items/" + ApiResource.urlEncodeId(item) + "/" + resource;
    }

    private static RawRequestOptions.RawRequestOptionsBuilder options() {
        return RawRequestOptions.builder().setAdditionalHeaders(Map.of("Stripe-Version", VERSION));
    }
}
