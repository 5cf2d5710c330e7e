package io.tallymark.simulator.catalog;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Metadata;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import io.tallymark.simulator.call.Shelf;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The products and their endpoints. One that has prices is never deleted; it can be archived. */
public final class Products {
    static final String PATH = "/v1/products";

    /** The texts a product may have, and how many characters each. */
    static final Map<String, Integer> TEXTS = new TreeMap<>(
            Map.of("description", 5_000, "unit_label", 12, "statement_descriptor", 22, "tax_code", 50, "url", 2_048));

    private static final int LONGEST_NAME = 250;
    private static final List<String> UPDATE = Stream.concat(
                    TEXTS.keySet().stream(), Stream.of("name", "active", "default_price", "metadata[*]"))
            .toList();
    private static final List<String> CREATE = Stream.concat(
                    UPDATE.stream().filter(name -> !name.equals("default_price")), Stream.of("id"))
            .toList();
    private static final List<String> LIST =
            Stream.concat(Page.PARAMS.stream(), Stream.of("active", "ids[*]")).toList();

    private final InstantSource clock;
    private final Predicate<String> hasPrices;
    private final BiPredicate<String, String> isActivePriceOf;
    private final Ids ids = new Ids("prod_");
    private final Shelf<SimulatedProduct> products = new Shelf<>();

    /**
     * @param hasPrices whether a product has any price, archived ones included
     * @param isActivePriceOf whether a price is active, and of a product
     */
    Products(InstantSource clock, Predicate<String> hasPrices, BiPredicate<String, String> isActivePriceOf) {
        this.clock = clock;
        this.hasPrices = hasPrices;
        this.isActivePriceOf = isActivePriceOf;
    }

    void addTo(Routes routes) {
        routes.add("POST", PATH, (none, params) -> create(params))
                .add("GET", PATH, (none, params) -> list(params))
                .add("GET", PATH + "/{}", this::retrieve)
                .add("POST", PATH + "/{}", this::update)
                .add("DELETE", PATH + "/{}", this::delete);
    }

    public List<SimulatedProduct> newestFirst() {
        return products.newestFirst();
    }

    public Optional<SimulatedProduct> find(String id) {
        return products.find(id);
    }

    /** Whether a price is the default one of its product, and so cannot be archived. */
    boolean isDefault(String price) {
        return newestFirst().stream().anyMatch(product -> product.defaultPrice().equals(price));
    }

    boolean exists(String id) {
        return products.find(id).isPresent();
    }

    private ApiReply create(Params params) {
        params.allowOnly(CREATE);
        long now = clock.instant().getEpochSecond();
        SimulatedProduct product = new SimulatedProduct(
                params.text("id", 255).orElseGet(ids::next),
                params.required("name", LONGEST_NAME),
                texts(Map.of(), params),
                "",
                params.flag("active").orElse(true),
                Metadata.merged(Map.of(), params),
                now,
                now);
        synchronized (products) {
            if (exists(product.id())) {
                throw Refusal.badRequest("resource_already_exists", "id", "Product already exists.");
            }
            products.put(product.id(), product);
        }
        return ApiReply.ok(product.toJson());
    }

    private ApiReply update(String id, Params params) {
        params.allowOnly(UPDATE);
        synchronized (products) {
            SimulatedProduct before = get(id);
            SimulatedProduct product = new SimulatedProduct(
                    id,
                    params.text("name", LONGEST_NAME).orElse(before.name()),
                    texts(before.texts(), params),
                    defaultPrice(before, params),
                    params.flag("active").orElse(before.active()),
                    Metadata.merged(before.metadata(), params),
                    before.createdSeconds(),
                    clock.instant().getEpochSecond());
            products.put(id, product);
            return ApiReply.ok(product.toJson());
        }
    }

    private String defaultPrice(SimulatedProduct before, Params params) {
        if (params.isUnset("default_price")) {
            return "";
        }
        params.text("default_price")
                .filter(price -> !isActivePriceOf.test(price, before.id()))
                .ifPresent(price -> {
                    throw Refusal.badRequest(
                            "", "default_price", "The price " + price + " is no active price of this product.");
                });
        return params.text("default_price").orElse(before.defaultPrice());
    }

    private static Map<String, String> texts(Map<String, String> before, Params params) {
        Map<String, String> texts = new HashMap<>(before);
        TEXTS.forEach((name, mostCharacters) -> {
            if (params.isUnset(name)) {
                texts.remove(name);
            }
            params.text(name, mostCharacters).ifPresent(text -> texts.put(name, text));
        });
        return texts;
    }

    private ApiReply list(Params params) {
        params.allowOnly(LIST);
        Optional<Boolean> active = params.flag("active");
        List<String> wanted = List.copyOf(params.hash("ids").values());
        return Page.of(
                newestFirst().stream()
                        .filter(product -> active.isEmpty() || active.get() == product.active())
                        .filter(product -> wanted.isEmpty() || wanted.contains(product.id()))
                        .map(SimulatedProduct::toJson)
                        .toList(),
                PATH,
                params);
    }

    private ApiReply retrieve(String id, Params params) {
        params.allowOnly(List.of());
        return ApiReply.ok(get(id).toJson());
    }

    private ApiReply delete(String id, Params params) {
        params.allowOnly(List.of());
        synchronized (products) {
            SimulatedProduct product = get(id);
            if (hasPrices.test(id)) {
                throw Refusal.badRequest(
                        "",
                        "",
                        "This product cannot be deleted because it has one or more user-created prices. You can archive"
                                + " it instead.");
            }
            products.remove(id);
            return ApiReply.ok(product.toJson()
                    .removeAll()
                    .put("id", id)
                    .put("object", "product")
                    .put("deleted", true));
        }
    }

    private SimulatedProduct get(String id) {
        return products.find(id).orElseThrow(() -> Refusal.noSuch("product", id));
    }
}
