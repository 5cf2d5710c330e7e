package io.tallymark.stripe;

import com.stripe.model.Product;
import com.stripe.net.ApiResource;
import com.stripe.service.V1Services;
import io.tallymark.usage.UserError;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an account sells: its meters, products and prices. Nothing here deletes. Every method ends within the call deadline per page and
 * throws a {@link UserError} when Stripe refuses or cannot be reached; a call that failed may have been carried out all the same.
 */
public final class StripeCatalog implements AutoCloseable {
    private static final int MOST_PAGES = 1_000;
    private static final String PRODUCTS = "/v1/products";

    private final StripeConnection stripe;
    private final CommandCalls calls;
    private final AccountReader account;
    private final RawApi api;
    private final PriceApi prices;

    private StripeCatalog(StripeSettings settings) {
        this.stripe = StripeConnection.open(settings);
        this.calls = new CommandCalls(settings);
        this.account = new AccountReader(stripe, MOST_PAGES);
        this.api = new RawApi(stripe);
        this.prices = new PriceApi(api);
    }

    /**
     * Opens a client; no call is made.
     *
     * @throws UserError when the key cannot be resolved or cannot work
     */
    public static StripeCatalog open(StripeSettings settings) {
        return new StripeCatalog(settings);
    }

    /** All of them, inactive ones too. */
    public List<StripeMeter> meters() {
        return calls.call(account::meters);
    }

    /** All of them, archived ones too. */
    public List<StripeProduct> products() {
        return calls.call(
                () -> account.products().stream().map(StripeCatalog::fromStripe).toList());
    }

    /** All of them, archived ones too. */
    public List<StripePrice> prices() {
        return calls.call(() -> prices.all(MOST_PAGES));
    }

    /** Creates a meter with Stripe's default payload keys; Stripe refuses a second active one for the same event name. */
    public StripeMeter createMeter(
            String eventName, String displayName, StripeMeter.Formula formula, StripeMeter.Window window) {
        return calls.call(() -> MeterMapping.fromStripe(
                v1().billing().meters().create(MeterMapping.toParams(eventName, displayName, formula, window))));
    }

    /** Events for its event name are refused from then on, until another meter listens to it. */
    public void deactivateMeter(String id) {
        calls.call(() -> v1().billing().meters().deactivate(id));
    }

    /** Events for its event name count again, for the prices that it had. */
    public void reactivateMeter(String id) {
        calls.call(() -> v1().billing().meters().reactivate(id));
    }

    /** @return its id */
    public String createProduct(Map<String, String> fields, Map<String, String> metadata) {
        return calls.call(() -> api.post(PRODUCTS, form(fields, metadata), RawApi.CURRENT))
                .path("id")
                .asText();
    }

    /** @param fields only those that change; an empty text unsets one */
    public void updateProduct(String id, Map<String, String> fields, Map<String, String> metadata) {
        calls.call(
                () -> api.post(PRODUCTS + "/" + ApiResource.urlEncodeId(id), form(fields, metadata), RawApi.CURRENT));
    }

    /**
     * Creates a price and takes its lookup key from the one that has it, at once.
     *
     * @param fields {@code lookup_key}, {@code nickname}, {@code tax_behavior}
     */
    public StripePrice createPrice(StripePrice.Terms terms, Map<String, String> fields, Map<String, String> metadata) {
        Map<String, Object> form = PriceForm.of(terms);
        form.putAll(form(fields, metadata));
        form.put("transfer_lookup_key", "true");
        StripePrice.Usage usage = terms.usage();
        return calls.call(() -> prices.create(form, usage != null && usage.isOfRecords()));
    }

    /** @param fields only those that change; an empty text unsets one */
    public void updatePrice(String id, Map<String, String> fields, Map<String, String> metadata) {
        calls.call(() -> {
            prices.update(id, form(fields, metadata));
            return id;
        });
    }

    @Override
    public void close() {
        stripe.close();
    }

    private static Map<String, Object> form(Map<String, String> fields, Map<String, String> metadata) {
        Map<String, Object> form = new LinkedHashMap<>(fields);
        if (!metadata.isEmpty()) {
            form.put("metadata", metadata);
        }
        return form;
    }

    private V1Services v1() {
        return stripe.client().v1();
    }

    private static StripeProduct fromStripe(Product product) {
        return new StripeProduct(
                product.getId(),
                orEmpty(product.getName()),
                orEmpty(product.getDescription()),
                orEmpty(product.getUnitLabel()),
                orEmpty(product.getTaxCode()),
                Boolean.TRUE.equals(product.getActive()),
                orEmpty(product.getDefaultPrice()),
                Optional.ofNullable(product.getMetadata()).orElseGet(Map::of),
                Instant.ofEpochSecond(product.getCreated()));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
