package io.tallymark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripePrice;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogExportTest {
    private final Shop shop = new Shop();

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void exportOfAnAppliedCatalogIsThatCatalog() {
        shop.apply(Shop.CATALOG);

        Catalog exported = shop.catalog(CatalogExport.yaml("main", shop.account(), Shop.meters()));

        Catalog original = shop.catalog(Shop.CATALOG);
        assertThat(exported.products()).containsExactlyInAnyOrderElementsOf(original.products());
        assertThat(exported.prices()).containsExactlyInAnyOrderElementsOf(original.prices());
        assertThat(exported.plans()).containsExactlyInAnyOrderElementsOf(original.plans());
    }

    @Test
    void accountOfAnotherHandIsTakenOverWithoutANewObject() {
        String meter = shop.stripe
                .createMeter("api_requests", "Requests", StripeMeter.Formula.SUM, StripeMeter.Window.HOUR)
                .id();
        String product = shop.stripe.createProduct(Map.of("name", "API: \"pro\" #1"), Map.of("theirs", "1"));
        shop.stripe.createPrice(
                terms(product, StripePrice.Usage.ofMeter(meter), "0.25"), Map.of("nickname", "null"), Map.of());
        shop.stripe.createPrice(terms(product, StripePrice.Usage.ofMeter(meter), "0.5"), Map.of(), Map.of());
        shop.stripe.createPrice(
                terms(product, null, "4900"),
                Map.of("lookup_key", "Base fee (EUR)", "tax_behavior", "inclusive"),
                Map.of());
        List<String> before = ids();

        String yaml = CatalogExport.yaml("main", shop.account(), Shop.meters());
        CatalogPlan plan = shop.plan(yaml);

        assertThat(plan.changes())
                .as(yaml)
                .filteredOn(change -> change.action() != Change.Action.UPDATE)
                .extracting(Change::object)
                .containsExactly("meter api_bytes");
        shop.apply(plan);
        assertThat(ids()).containsExactlyElementsOf(before);
        assertThat(shop.plan(yaml).changes()).isEmpty();
        assertThat(shop.account().prices())
                .extracting(StripePrice::lookupKey)
                .containsExactlyInAnyOrder("null_eur_month", "api_pro_1_eur_month", "Base fee (EUR)");
        assertThat(shop.account().product(product).orElseThrow().metadata()).containsEntry("theirs", "1");
    }

    @Test
    void whatTheCatalogCannotSayIsLeftOutAndNamed() {
        shop.apply(Shop.CATALOG);
        String product = shop.account().products().get(0).id();
        StripePrice packaged = shop.stripe.createPrice(
                new StripePrice.Terms(product, "eur", "month", 1, null, new BigDecimal("5"), 10, true, null, List.of()),
                Map.of(),
                Map.of());

        assertThat(CatalogExport.yaml("main", shop.account(), Shop.meters()))
                .contains("# left out: " + packaged.id() + ", tiers or packages of a quantity that is not metered\n");
    }

    @Test
    void meterThatWouldBeReplacedIsNamed() {
        String meter = shop.stripe
                .createMeter("api_requests", "Requests", StripeMeter.Formula.SUM, StripeMeter.Window.RAW)
                .id();
        String product = shop.stripe.createProduct(Map.of("name", "API"), Map.of());
        shop.stripe.createPrice(terms(product, StripePrice.Usage.ofMeter(meter), "1"), Map.of(), Map.of());

        assertThat(CatalogExport.yaml("main", shop.account(), Shop.meters()))
                .contains(
                        "    meter: requests  # its Stripe meter has formula sum, no event_time_window, and tallymark.yaml"
                                + " needs formula sum, event_time_window hour: apply would replace both");
    }

    @Test
    void olderProductDoesNotTakeTheKeyOfAMarkedOne() {
        String older = shop.stripe.createProduct(Map.of("name", "API"), Map.of());
        shop.stripe.createPrice(terms(older, null, "5"), Map.of(), Map.of());
        shop.apply(Shop.CATALOG);

        Catalog exported = shop.catalog(CatalogExport.yaml("main", shop.account(), Shop.meters()));

        assertThat(exported.products())
                .extracting(CatalogProduct::key)
                .containsExactlyInAnyOrder("api", "api_2", "platform");
    }

    @Test
    void whatItsOwnReaderWouldRefuseIsLeftOut() {
        shop.apply(Shop.CATALOG);
        String product = shop.account().products().get(0).id();
        shop.stripe.createPrice(terms(product, null, "5"), Map.of("lookup_key", "a,b"), Map.of());
        shop.stripe.createPrice(terms(product, null, "5.5"), Map.of(), Map.of());
        shop.stripe.createPrice(terms(product, StripePrice.Usage.ofRecords("max"), "5"), Map.of(), Map.of());
        shop.stripe.createPrice(terms(product, null, "6"), Map.of(), Map.of(Marks.CATALOG, "other"));
        String unknown = shop.stripe
                .createMeter("unknown", "Unknown", StripeMeter.Formula.SUM, StripeMeter.Window.HOUR)
                .id();
        shop.stripe.createPrice(terms(product, StripePrice.Usage.ofMeter(unknown), "7"), Map.of(), Map.of());
        String archived = shop.stripe.createProduct(Map.of("name", "Gone", "active", "false"), Map.of());
        shop.stripe.createPrice(terms(archived, null, "8"), Map.of(), Map.of());

        String yaml = CatalogExport.yaml("main", shop.account(), Shop.meters());

        assertThat(yaml.lines().filter(line -> line.startsWith("# left out: ")))
                .extracting(line -> line.replaceAll(".*price_\\d+, ", ""))
                .containsExactly(
                        "a lookup key with a comma, or blanks around it",
                        "a fee with a fraction of the minor unit",
                        "usage records with aggregate_usage max",
                        "part of the catalog other",
                        "no meter of tallymark.yaml has the event name of its Stripe meter " + unknown,
                        "its product " + archived + " is archived");
        assertThat(shop.plan(yaml).changes()).isEmpty();
    }

    private static StripePrice.Terms terms(String product, StripePrice.@Nullable Usage usage, String amount) {
        return new StripePrice.Terms(
                product, "eur", "month", 1, usage, new BigDecimal(amount), 0, false, null, List.of());
    }

    private List<String> ids() {
        return shop.account().prices().stream().map(StripePrice::id).toList();
    }
}
