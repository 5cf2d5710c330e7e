package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads subscriptions, invoices and prices as raw JSON, page by page; each object is whole, however long its own lists are. */
final class BillingApi {
    static final String SUBSCRIPTIONS = "/v1/subscriptions";
    static final String INVOICES = "/v1/invoices";
    static final String PRICES = "/v1/prices";
    static final String SCHEDULES = "/v1/subscription_schedules";

    private static final int NOT_FOUND = 404;
    /** Of the lists within one object: more lines than Stripe lets an invoice have. */
    private static final int MOST_PARTS_PAGES = 100;

    private final CommandCalls calls;
    private final RawApi api;

    BillingApi(CommandCalls calls, RawApi api) {
        this.calls = calls;
        this.api = api;
    }

    /**
     * Reads a list from its newest entry on, as it is asked for.
     *
     * @param query without {@code limit}; may be empty
     */
    <T> StripePages<T> pages(String path, String query, Reader<T> reader) {
        return new StripePages<>(calls, after -> page(path, query, after, reader));
    }

    /** Empty when Stripe does not have it. */
    <T> Optional<T> find(String path, String id, Reader<T> reader) throws StripeException {
        try {
            return Optional.of(reader.read(api.get(path(path, id), RawApi.CURRENT)));
        } catch (StripeException e) {
            if (e.getStatusCode() != null && e.getStatusCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    StripeSubscription subscription(JsonNode json) throws StripeException {
        String query =
                "&subscription=" + ApiResource.urlEncodeId(json.path("id").asText());
        return SubscriptionJson.read(
                json, parts(json.path("items"), "/v1/subscription_items", query, SubscriptionJson::item));
    }

    StripeInvoice invoice(JsonNode json) throws StripeException {
        String lines = path(INVOICES, json.path("id").asText()) + "/lines";
        return InvoiceJson.read(json, parts(json.path("lines"), lines, "", InvoiceJson::line));
    }

    static String path(String path, String id) throws StripeException {
        return path + "/" + ApiResource.urlEncodeId(id);
    }

    /** A list within an object: what the object holds when that is all, else read anew from its first page. */
    private <T> List<T> parts(JsonNode list, String path, String query, Function<JsonNode, T> reader)
            throws StripeException {
        List<T> all = new ArrayList<>();
        if (!list.path("has_more").asBoolean()) {
            list.path("data").forEach(part -> all.add(reader.apply(part)));
        } else {
            all.addAll(pages(path, query, reader::apply).all(MOST_PARTS_PAGES));
        }
        return all;
    }

    private <T> StripePages.Page<T> page(String path, String query, String after, Reader<T> reader)
            throws StripeException {
        String start = after.isEmpty() ? "" : "&starting_after=" + Encoding.query(after);
        JsonNode list = api.get(path + "?limit=" + AccountReader.PAGE + query + start, RawApi.CURRENT);
        List<T> entries = new ArrayList<>();
        String last = "";
        for (JsonNode entry : list.path("data")) {
            entries.add(reader.read(entry));
            last = entry.path("id").asText();
        }
        return new StripePages.Page<>(
                entries, last, !entries.isEmpty() && list.path("has_more").asBoolean());
    }

    /** Reads one object, with further calls where it is not whole. */
    @FunctionalInterface
    interface Reader<T> {
        T read(JsonNode json) throws StripeException;
    }
}
