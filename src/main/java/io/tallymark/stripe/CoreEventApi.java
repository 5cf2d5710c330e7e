package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiRequestParams;
import com.stripe.net.ApiResource;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.FormEncoder;
import com.stripe.net.HttpHeaders;
import com.stripe.param.v2.core.EventListParams;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The v2 events endpoint, read as JSON: an event of the list, a fetched one and a webhook's have one shape and one parser. */
final class CoreEventApi {
    private static final String PATH = "/v2/core/events";
    private static final long PAGE = 100;
    /** Few: each event may take a call of its own, and a look at them must end in between. */
    private static final int MOST_PAGES = 5;

    private final StripeConnection stripe;

    CoreEventApi(StripeConnection stripe) {
        this.stripe = stripe;
    }

    /**
     * Every meter error event in a span, in Stripe's order; a {@link LongListException} when there are more than 500.
     *
     * @param after first instant that is not asked for
     * @param upTo last instant; {@link Instant#MAX} for none
     */
    List<JsonNode> list(Instant after, Instant upTo) throws StripeException {
        List<JsonNode> all = new ArrayList<>();
        String next = PATH + "?" + FormEncoder.createQueryString(ApiRequestParams.paramsToMap(params(after, upTo)));
        for (int page = 0; page < MOST_PAGES; page++) {
            JsonNode reply = get(next);
            if (!reply.path("data").isArray()) {
                throw unreadable();
            }
            reply.path("data").forEach(all::add);
            next = ReplyJson.text(reply.path("next_page_url"));
            if (next.isEmpty()) {
                return all;
            }
        }
        throw new LongListException(MOST_PAGES * (int) PAGE);
    }

    JsonNode retrieve(String eventId) throws StripeException {
        return get(PATH + "/" + ApiResource.urlEncodeId(eventId));
    }

    static UnreadableReplyException unreadable() {
        return new UnreadableReplyException(200, HttpHeaders.of(Map.of()), "a body that is no meter error event");
    }

    private JsonNode get(String path) throws StripeException {
        // The next page's address comes from the reply, and the key goes where it points to.
        if (!path.startsWith(PATH)) {
            throw unreadable();
        }
        return ReplyJson.parse(
                        stripe.client().rawRequest(RequestMethod.GET, path, "").body())
                .orElseThrow(CoreEventApi::unreadable);
    }

    private static EventListParams params(Instant after, Instant upTo) {
        EventListParams.Created.Builder created =
                EventListParams.Created.builder().setGt(after);
        if (upTo.isBefore(Instant.MAX)) {
            created.setLte(upTo);
        }
        return EventListParams.builder()
                .setCreated(created.build())
                .addType(MeterErrorReport.ERROR_REPORT_TRIGGERED)
                .addType(MeterErrorReport.NO_METER_FOUND)
                .setLimit(PAGE)
                .build();
    }
}
