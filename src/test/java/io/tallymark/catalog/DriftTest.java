package io.tallymark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripePrice;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DriftTest {
    private final Shop shop = new Shop();

    @BeforeEach
    void apply() {
        shop.apply(Shop.CATALOG);
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void editedCatalogIsNoDrift() {
        Drift drift =
                shop.drift(Shop.CATALOG.replace("name: API", "name: The API").replace("4900", "5900"));

        assertThat(drift.changes()).isEmpty();
        assertThat(drift.notes())
                .containsExactly("not as the catalog says: 0 to create, 1 to change, 1 to replace, 0 to archive;"
                        + " ./tallymark catalog plan shows it");
    }

    @Test
    void productChangedByHandIsShownAndBroughtBack() {
        String id = shop.account().products().get(0).id();
        shop.stripe.updateProduct(id, Map.of("name", "Handmade", "active", "false"), Map.of());

        assertThat(shop.drift(Shop.CATALOG).changes())
                .containsExactly("product api: " + id + " is \"Handmade\", unit label \"request\", archived");
        shop.apply(Shop.CATALOG);
        assertThat(shop.drift(Shop.CATALOG).isEmpty()).isTrue();
    }

    @Test
    void whatWasOnlyArchivedIsSaidToBeThat() throws Exception {
        String product = shop.account().products().get(0).id();
        shop.stripe.updateProduct(product, Map.of("active", "false"), Map.of());
        String base = price("base_eur").id();
        shop.stripe.updatePrice(base, Map.of("active", "false"), Map.of());

        assertThat(shop.drift(Shop.CATALOG).changes())
                .containsExactly(
                        "product api: " + product + " was archived", "price base_eur: " + base + " was archived");
    }

    @Test
    void priceChangedByHandIsShownAndBroughtBack() {
        String base = price("base_eur").id();
        shop.stripe.updatePrice(base, Map.of("active", "false", "nickname", "Handmade"), Map.of());
        String requests = price("requests_eur").id();
        shop.stripe.updatePrice(requests, Map.of(), Map.of(Marks.PLANS, "pro"));

        assertThat(shop.drift(Shop.CATALOG).changes())
                .containsExactly(
                        "price base_eur: " + base
                                + " has now nickname \"Handmade\", tax behavior unspecified, plans \"pro\", archived",
                        "price requests_eur: " + requests
                                + " has now nickname \"\", tax behavior unspecified, plans \"pro\"");
        shop.apply(Shop.CATALOG);
        assertThat(shop.drift(Shop.CATALOG).isEmpty()).isTrue();
        assertThat(price("base_eur").id()).as("the same price").isEqualTo(base);
    }

    @Test
    void lookupKeyThatWasRemovedIsShownAndBroughtBack() {
        String base = price("base_eur").id();
        shop.stripe.updatePrice(base, Map.of("lookup_key", ""), Map.of());

        assertThat(shop.drift(Shop.CATALOG).changes())
                .containsExactly(
                        "price base_eur: no price has the lookup key any more",
                        "price base_eur: " + base + " is active without the lookup key");
        shop.apply(Shop.CATALOG);
        assertThat(price("base_eur").id()).isEqualTo(base);
        assertThat(shop.drift(Shop.CATALOG).isEmpty()).isTrue();
    }

    @Test
    void lookupKeyThatWasGivenAwayIsShown() {
        StripePrice base = price("base_eur");
        String taker = shop.stripe
                .createPrice(base.terms(), Map.of("lookup_key", "base_eur"), Map.of())
                .id();

        assertThat(shop.drift(Shop.CATALOG).changes())
                .containsExactly(
                        "price base_eur: the lookup key is " + taker
                                + "'s, which the catalog did not make or which lost its metadata",
                        "price base_eur: " + base.id() + " is active without the lookup key");
    }

    @Test
    void replacedPriceThatIsReactivatedIsShown() {
        String old = price("base_eur").id();
        String dearer = Shop.CATALOG.replace("4900", "5900");
        shop.apply(dearer);
        assertThat(shop.drift(dearer).isEmpty()).isTrue();
        shop.stripe.updatePrice(old, Map.of("active", "true"), Map.of());

        assertThat(shop.drift(dearer).changes())
                .containsExactly("price base_eur: " + old + " is active without the lookup key");
    }

    @Test
    void priceMadeByHandOnOurProductIsANote() {
        String handmade = shop.stripe
                .createPrice(price("base_eur").terms(), Map.of(), Map.of())
                .id();

        assertThat(shop.drift(Shop.CATALOG).isEmpty()).isTrue();
        assertThat(shop.drift(Shop.CATALOG).notes())
                .containsExactly("price " + handmade + " was made by hand on a product of the catalog");
    }

    @Test
    void meterThatAnotherOneTookTheNameOfIsShown() {
        String ours = shop.account().activeMeter("api_requests").orElseThrow().id();
        shop.stripe.deactivateMeter(ours);
        String theirs = shop.stripe
                .createMeter("api_requests", "By hand", StripeMeter.Formula.SUM, StripeMeter.Window.RAW)
                .id();

        assertThat(shop.drift(Shop.CATALOG).changes())
                .containsExactly("meter api_requests: " + ours + " was deactivated, and " + theirs
                        + " with formula sum, no event_time_window took its name");
    }

    @Test
    void metadataThatWasRemovedIsShown() {
        StripePrice base = price("base_eur");
        shop.stripe.updateProduct(base.terms().product(), Map.of(), Map.of(Marks.CATALOG, ""));
        shop.stripe.updatePrice(price("requests_eur").id(), Map.of(), Map.of(Marks.CATALOG, ""));
        shop.stripe.updatePrice(price("bytes_eur").id(), Map.of(), Map.of("tallymark_applied", ""));

        assertThat(shop.drift(Shop.CATALOG).changes())
                .containsExactlyInAnyOrder(
                        "price bytes_eur: " + price("bytes_eur").id()
                                + " has now nickname \"\", tax behavior unspecified, plans \"pro\"",
                        "price base_eur: its product " + base.terms().product() + " lost its metadata",
                        "price requests_eur: the lookup key is "
                                + price("requests_eur").id()
                                + "'s, which the catalog did not make or which lost its metadata");
    }

    @Test
    void priceThatLeftTheCatalogIsNoDriftUntilSomebodyActivatesIt() {
        String smaller = Shop.CATALOG
                .replaceAll("(?m)^ *- \\{lookup-key: base_eur.*\n", "")
                .replace("base: base_eur, ", "");
        shop.apply(smaller);
        assertThat(shop.drift(smaller).changes()).isEmpty();
        assertThat(shop.drift(Shop.CATALOG).changes())
                .as("back in the file, not applied")
                .isEmpty();

        shop.stripe.updatePrice(price("base_eur").id(), Map.of("active", "true"), Map.of());
        assertThat(shop.drift(smaller).changes()).hasSize(1).allMatch(change -> change.startsWith("price base_eur: "));
    }

    private StripePrice price(String lookupKey) {
        return shop.account().priceWithLookupKey(lookupKey).orElseThrow();
    }
}
