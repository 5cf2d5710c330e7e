package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The endpoints of prices. One that counts usage records needs the last API version that had them. */
final class PriceApi {
    private static final String PATH = "/v1/prices";
    private static final String EXPAND = "?expand[0]=tiers&expand[1]=currency_options";
    private static final String EXPAND_LIST = "&expand[0]=data.tiers&expand[1]=data.currency_options";

    private static final int NOT_FOUND = 404;

    private final RawApi api;

    PriceApi(RawApi api) {
        this.api = api;
    }

    StripePrice create(Map<String, Object> form, boolean ofRecords) throws StripeException {
        String version = ofRecords ? UsageRecordApi.VERSION : RawApi.CURRENT;
        return PriceJson.read(api.post(PATH + EXPAND, form, version));
    }

    void update(String id, Map<String, Object> form) throws StripeException {
        api.post(path(id), form, RawApi.CURRENT);
    }

    /**
     * All prices of the account: the active ones, then the archived ones.
     *
     * @param mostPages bound of the list; a longer one is a {@link LongListException}
     */
    List<StripePrice> all(int mostPages) throws StripeException {
        List<StripePrice> all = new ArrayList<>(all(true, mostPages));
        all.addAll(all(false, mostPages));
        return all;
    }

    /** Stripe's manual says that a list without {@code active} has active prices only. */
    private List<StripePrice> all(boolean active, int mostPages) throws StripeException {
        List<StripePrice> all = new ArrayList<>();
        for (int page = 0; page < mostPages; page++) {
            String after = all.isEmpty()
                    ? ""
                    : "&starting_after="
                            + ApiResource.urlEncodeId(all.get(all.size() - 1).id());
            JsonNode list = api.get(
                    PATH + "?active=" + active + "&limit=" + AccountReader.PAGE + EXPAND_LIST + after, RawApi.CURRENT);
            for (JsonNode price : list.path("data")) {
                all.add(withAggregateUsage(PriceJson.read(price)));
            }
            if (list.path("data").isEmpty() || !list.path("has_more").asBoolean()) {
                return all;
            }
        }
        throw new LongListException(mostPages * AccountReader.PAGE);
    }

    /** With its tiers, archived or not; empty when the account does not have it. */
    Optional<StripePrice> find(String id) throws StripeException {
        try {
            return Optional.of(PriceJson.read(api.get(path(id) + EXPAND, RawApi.CURRENT)));
        } catch (StripeException e) {
            if (e.getStatusCode() != null && e.getStatusCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The present version says that usage records are counted, but not how. */
    private StripePrice withAggregateUsage(StripePrice price) throws StripeException {
        StripePrice.Usage usage = price.terms().usage();
        return usage != null && usage.isOfRecords()
                ? PriceJson.read(api.get(path(price.id()) + EXPAND, UsageRecordApi.VERSION))
                : price;
    }

    private static String path(String id) throws StripeException {
        return PATH + "/" + ApiResource.urlEncodeId(id);
    }
}
