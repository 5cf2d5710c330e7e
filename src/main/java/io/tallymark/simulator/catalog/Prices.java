package io.tallymark.simulator.catalog;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.ApiRequest;
import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Metadata;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import io.tallymark.simulator.call.Shelf;
import io.tallymark.simulator.metering.LegacyItems;
import io.tallymark.simulator.metering.Meters;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The prices and their endpoints. What a price charges never changes; a lookup key belongs to one price, archived ones included. Thread
 * safe.
 */
public final class Prices {
    static final String PATH = "/v1/prices";

    private static final List<String> UPDATE =
            List.of("active", "lookup_key", "transfer_lookup_key", "nickname", "tax_behavior", "metadata[*]");
    private static final List<String> CREATE =
            Stream.concat(UPDATE.stream(), PriceTerms.PARAMS.stream()).toList();
    private static final List<String> LIST = Stream.concat(
                    Page.PARAMS.stream(),
                    Stream.of("active", "currency", "product", "type", "lookup_keys[*]", "recurring[meter]"))
            .toList();

    private final InstantSource clock;
    private final Meters meters;
    private final LegacyItems legacy;
    private final Products products;
    private final Ids ids = new Ids("price_");
    private final Shelf<SimulatedPrice> prices = new Shelf<>();

    public Prices(InstantSource clock, Meters meters, LegacyItems legacy) {
        this.clock = clock;
        this.meters = meters;
        this.legacy = legacy;
        this.products = new Products(
                clock,
                product -> prices.newestFirst().stream()
                        .anyMatch(price -> price.terms().product().equals(product)),
                (price, product) -> prices.find(price)
                        .filter(known ->
                                known.active() && known.terms().product().equals(product))
                        .isPresent());
    }

    public void addTo(Routes routes) {
        products.addTo(routes);
        routes.addCall("POST", PATH, (none, request) -> create(request))
                .addCall("GET", PATH, (none, request) -> list(request))
                .addCall("GET", PATH + "/{}", this::retrieve)
                .addCall("POST", PATH + "/{}", this::update);
    }

    public Products products() {
        return products;
    }

    public List<SimulatedPrice> newestFirst() {
        return prices.newestFirst();
    }

    public Optional<SimulatedPrice> find(String id) {
        return prices.find(id);
    }

    private ApiReply create(ApiRequest request) {
        Params params = request.params();
        params.allowOnly(CREATE);
        SimulatedPrice.Terms terms = new PriceTerms(params, allowsLegacy(request)).read();
        if (!products.exists(terms.product())) {
            throw Refusal.badRequest("resource_missing", "product", "No such product: '" + terms.product() + "'");
        }
        requireMeter(terms.recurring() == null ? "" : terms.recurring().meter());
        SimulatedPrice price = new SimulatedPrice(
                ids.next(),
                terms,
                params.flag("active").orElse(true),
                params.text("lookup_key", 200).orElse(""),
                params.text("nickname", 250).orElse(""),
                taxBehavior(params, SimulatedPrice.UNSPECIFIED),
                Metadata.merged(Map.of(), params),
                clock.instant().getEpochSecond());
        synchronized (prices) {
            takeLookupKey(price, params);
            prices.put(price.id(), price);
        }
        return reply(price, request);
    }

    private void requireMeter(String meter) {
        if (meter.isEmpty()) {
            return;
        }
        if (meters.find(meter).isEmpty()) {
            throw Refusal.badRequest("resource_missing", "recurring[meter]", "No such billing meter: '" + meter + "'");
        }
        if (!meters.isActive(meter)) {
            throw Refusal.badRequest("", "recurring[meter]", "The meter " + meter + " is inactive.");
        }
    }

    private ApiReply update(String id, ApiRequest request) {
        Params params = request.params();
        params.allowOnly(UPDATE);
        synchronized (prices) {
            SimulatedPrice before = get(id);
            SimulatedPrice price = new SimulatedPrice(
                    id,
                    before.terms(),
                    params.flag("active").orElse(before.active()),
                    changed("lookup_key", 200, params, before.lookupKey()),
                    changed("nickname", 250, params, before.nickname()),
                    taxBehavior(params, before.taxBehavior()),
                    Metadata.merged(before.metadata(), params),
                    before.createdSeconds());
            if (before.active() && !price.active() && products.isDefault(id)) {
                throw Refusal.badRequest(
                        "", "", "This price cannot be archived because it is the default price of its product.");
            }
            takeLookupKey(price, params);
            prices.put(id, price);
            return reply(price, request);
        }
    }

    private static String changed(String name, int mostCharacters, Params params, String before) {
        return params.isUnset(name) ? "" : params.text(name, mostCharacters).orElse(before);
    }

    private static String taxBehavior(Params params, String before) {
        String now =
                params.oneOf("tax_behavior", List.of("inclusive", "exclusive", SimulatedPrice.UNSPECIFIED), before);
        if (!now.equals(before) && !before.equals(SimulatedPrice.UNSPECIFIED)) {
            throw Refusal.badRequest("", "tax_behavior", "`tax_behavior` cannot be changed once it is " + before + ".");
        }
        return now;
    }

    /** Another price keeps the key unless the call says that it is to be transferred. */
    private void takeLookupKey(SimulatedPrice taker, Params params) {
        Optional<SimulatedPrice> holder = prices.newestFirst().stream()
                .filter(price ->
                        !taker.lookupKey().isEmpty() && price.lookupKey().equals(taker.lookupKey()))
                .filter(price -> !price.id().equals(taker.id()))
                .findFirst();
        if (holder.isPresent() && !params.flag("transfer_lookup_key").orElse(false)) {
            throw Refusal.badRequest(
                    "resource_already_exists",
                    "lookup_key",
                    "A price (`" + holder.get().id() + "`) already uses that lookup key.");
        }
        holder.ifPresent(price -> prices.put(price.id(), price.withoutLookupKey()));
    }

    private ApiReply list(ApiRequest request) {
        Params params = request.params();
        params.allowOnly(LIST);
        return Page.of(
                prices.newestFirst().stream()
                        .filter(price -> isAskedFor(price, params))
                        .map(price -> price.toJson(expands(request, "data.tiers"), allowsLegacy(request)))
                        .toList(),
                PATH,
                params);
    }

    /** Active ones only unless the call asks for the others, as Stripe's manual says. */
    private static boolean isAskedFor(SimulatedPrice price, Params params) {
        List<String> keys = List.copyOf(params.hash("lookup_keys").values());
        SimulatedPrice.Recurring recurring = price.terms().recurring();
        String type = recurring == null ? "one_time" : "recurring";
        return params.flag("active").orElse(true) == price.active()
                && params.text("currency")
                        .orElse(price.terms().currency())
                        .equals(price.terms().currency())
                && params.text("product")
                        .orElse(price.terms().product())
                        .equals(price.terms().product())
                && params.text("type").orElse(type).equals(type)
                && params.text("recurring[meter]")
                        .map(meter -> recurring != null && recurring.meter().equals(meter))
                        .orElse(true)
                && (keys.isEmpty() || keys.contains(price.lookupKey()));
    }

    private ApiReply retrieve(String id, ApiRequest request) {
        request.params().allowOnly(List.of());
        return reply(get(id), request);
    }

    private ApiReply reply(SimulatedPrice price, ApiRequest request) {
        return ApiReply.ok(price.toJson(expands(request, "tiers"), allowsLegacy(request)));
    }

    private static boolean expands(ApiRequest request, String field) {
        return request.params().hash("expand").containsValue(field);
    }

    private boolean allowsLegacy(ApiRequest request) {
        return request.headers().hasUsageRecords() && legacy.accepted();
    }

    private SimulatedPrice get(String id) {
        return prices.find(id).orElseThrow(() -> Refusal.noSuch("price", id));
    }
}
