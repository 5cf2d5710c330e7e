package io.tallymark.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeProduct;
import io.tallymark.usage.UserError;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogPlanTest {
    private final Shop shop = new Shop();

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void newAccountGetsEverythingAndThenNothing() {
        CatalogPlan plan = shop.plan(Shop.CATALOG);
        assertThat(PlanText.print(plan)).isEqualTo("""
                   + meter api_requests
                       formula sum, event_time_window hour

                   + meter api_bytes
                       formula sum, no event_time_window

                   + product api
                       name: API
                       unit_label: request

                   + product platform
                       name: Platform
                       description: The base fee

                   + price base_eur
                       product: (new) platform
                       charged: every month, in eur
                       amount: 4900 (49.00 EUR)

                   + price requests_eur
                       product: (new) api
                       charged: every month, in eur
                       meter: (new) api_requests
                       tiers-mode: graduated
                       tier 1: from 1 to 10000: 0 (0.00 EUR) a unit
                       tier 2: from 10001: 0.1 (0.001 EUR) a unit

                   + price bytes_eur
                       product: (new) api
                       charged: every month, in eur
                       meter: (new) api_bytes
                       package: 2.5 (0.025 EUR) for each 1000 units, a package begun is charged

                plan: 7 to create, 0 to change, 0 to replace, 0 to archive""");

        shop.apply(plan);

        assertThat(shop.plan(Shop.CATALOG).changes()).isEmpty();
        assertThat(PlanText.print(shop.plan(Shop.CATALOG)))
                .isEqualTo("catalog: no changes, the account sells what the catalog says");
        assertThat(shop.drift(Shop.CATALOG)).isEqualTo(new Drift(List.of(), List.of()));
        StripePrice requests = shop.account().priceWithLookupKey("requests_eur").orElseThrow();
        assertThat(requests.terms().usage())
                .isEqualTo(StripePrice.Usage.ofMeter(
                        shop.account().activeMeter("api_requests").orElseThrow().id()));
    }

    @Test
    void planChangesNothing() {
        shop.plan(Shop.CATALOG);

        assertThat(shop.sold()).isEmpty();
    }

    @Test
    void changedPriceGetsASuccessorWithItsLookupKey() {
        shop.apply(Shop.CATALOG);
        String old =
                shop.account().priceWithLookupKey("requests_eur").orElseThrow().id();
        String dearer = Shop.CATALOG.replace("unit-amount: 0.1", "unit-amount: 0.2");

        CatalogPlan plan = shop.plan(dearer);
        assertThat(PlanText.print(plan)).isEqualTo("""
                 -/+ price requests_eur
                       tier 2: from 10001: 0.1 (0.001 EUR) a unit → from 10001: 0.2 (0.002 EUR) a unit
                       replaces %s
                     ! running subscriptions keep the old price until each is moved to its successor at Stripe

                plan: 0 to create, 0 to change, 1 to replace, 0 to archive""".formatted(old));
        shop.apply(plan);

        StripePrice successor =
                shop.account().priceWithLookupKey("requests_eur").orElseThrow();
        assertThat(successor.id()).isNotEqualTo(old);
        assertThat(shop.account().price(old).orElseThrow().active()).isFalse();
        assertThat(shop.plan(dearer).changes()).isEmpty();
    }

    @Test
    void whatStripeCanChangeIsChangedInPlace() {
        shop.apply(Shop.CATALOG);
        String renamed = Shop.CATALOG
                .replace("name: API, unit-label: request", "name: The API")
                .replace("amount: 4900", "amount: 4900, nickname: Base, tax-behavior: exclusive")
                .replace("{key: flex, metered: [requests_eur]}", "{key: flex, metered: [bytes_eur]}");

        CatalogPlan plan = shop.plan(renamed);
        assertThat(plan.changes()).extracting(Change::action).containsOnly(Change.Action.UPDATE);
        assertThat(plan.changes())
                .flatExtracting(Change::details)
                .containsExactly(
                        "name: API → The API",
                        "unit_label: request → (none)",
                        "nickname: (none) → Base",
                        "tax_behavior: unspecified → exclusive",
                        "plans: flex,pro → pro",
                        "plans: pro → flex,pro");
        shop.apply(plan);

        assertThat(shop.plan(renamed).changes()).isEmpty();
        assertThat(shop.drift(renamed).isEmpty()).isTrue();
    }

    @Test
    void whatLeavesTheCatalogIsArchivedAndComesBack() {
        shop.apply(Shop.CATALOG);
        String smaller = Shop.CATALOG
                .replaceAll("(?m)^ *- \\{lookup-key: base_eur.*\n", "")
                .replaceAll("(?m)^ *- \\{key: platform.*\n", "")
                .replace("base: base_eur, ", "");

        CatalogPlan plan = shop.plan(smaller);
        assertThat(plan.changes())
                .extracting(change -> change.action() + " " + change.object())
                .containsExactly("ARCHIVE price base_eur", "ARCHIVE product platform");
        shop.apply(plan);
        assertThat(shop.plan(smaller).changes()).isEmpty();

        assertThat(shop.plan(Shop.CATALOG).changes())
                .extracting(change -> change.action() + " " + change.object() + " " + change.details())
                .containsExactly(
                        "UPDATE product platform [archived → active]", "UPDATE price base_eur [archived → active]");
        shop.apply(Shop.CATALOG);
        assertThat(shop.plan(Shop.CATALOG).changes()).isEmpty();
        assertThat(shop.drift(Shop.CATALOG).isEmpty()).isTrue();
    }

    @Test
    void meterThatCountsOtherwiseGetsASuccessorAndSoDoItsPrices() {
        shop.apply(Shop.CATALOG);
        String old = shop.account().activeMeter("api_requests").orElseThrow().id();
        List<io.tallymark.usage.Meter> changed = Shop.settings("delta").ingest().meters();
        Catalog catalog = shop.catalog(Shop.CATALOG);

        CatalogPlan plan = CatalogPlan.of(catalog, changed, shop.account());
        assertThat(plan.changes())
                .extracting(change -> change.action() + " " + change.object())
                .containsExactly("REPLACE meter api_requests", "REPLACE price requests_eur");
        assertThat(plan.changes().get(0).warnings().get(0)).contains("bill no more usage", old);
        shop.apply(plan);

        StripeMeter meter = shop.account().activeMeter("api_requests").orElseThrow();
        assertThat(meter.window()).isEqualTo(StripeMeter.Window.RAW);
        assertThat(shop.account().meter(old).orElseThrow().active()).isFalse();
        assertThat(CatalogPlan.of(catalog, changed, shop.account()).changes()).isEmpty();
    }

    @Test
    void deactivatedMeterIsReactivatedForThePricesItHas() {
        shop.apply(Shop.CATALOG);
        String id = shop.account().activeMeter("api_requests").orElseThrow().id();
        shop.stripe.deactivateMeter(id);

        assertThat(shop.drift(Shop.CATALOG).changes())
                .containsExactly("meter api_requests: " + id + " was deactivated");
        assertThat(shop.plan(Shop.CATALOG).changes())
                .extracting(change -> change.action() + " " + change.object())
                .containsExactly("UPDATE meter api_requests");
        shop.apply(Shop.CATALOG);

        assertThat(shop.account().activeMeter("api_requests").orElseThrow().id())
                .isEqualTo(id);
        assertThat(shop.plan(Shop.CATALOG).changes()).isEmpty();
    }

    @Test
    void priceOfAnotherHandIsTakenOverByItsLookupKey() {
        shop.apply(Shop.CATALOG);
        StripePrice base = shop.account().priceWithLookupKey("base_eur").orElseThrow();
        shop.stripe.createPrice(base.terms(), Map.of("lookup_key", "base_eur"), Map.of());

        assertThat(shop.plan(Shop.CATALOG).changes())
                .extracting(change -> change.action() + " " + change.object())
                .containsExactly("UPDATE price base_eur", "ARCHIVE price base_eur");
        shop.apply(Shop.CATALOG);
        assertThat(shop.plan(Shop.CATALOG).changes()).isEmpty();
    }

    @Test
    void doubledProductIsArchived() {
        shop.apply(Shop.CATALOG);
        shop.stripe.createProduct(Map.of("name", "API"), Shop.marked(Marks.PRODUCT, "api"));

        assertThat(shop.plan(Shop.CATALOG).changes())
                .extracting(change -> change.action() + " " + change.object())
                .containsExactly("ARCHIVE product api");
        shop.apply(Shop.CATALOG);
        assertThat(shop.plan(Shop.CATALOG).changes()).isEmpty();
    }

    @Test
    void usageRecordsArePricedInTheVersionThatHasThem() {
        String legacy = """
                products: [{key: api, name: API}]
                prices: [{lookup-key: r, product: api, currency: eur, meter: records, unit-amount: 0.000000000001}]
                """;
        shop.apply(legacy);

        StripePrice price = shop.account().priceWithLookupKey("r").orElseThrow();
        assertThat(price.terms().usage()).isEqualTo(StripePrice.Usage.ofRecords("sum"));
        assertThat(price.terms().unitAmount()).isEqualByComparingTo("0.000000000001");
        assertThat(shop.plan(legacy).changes()).isEmpty();
    }

    @Test
    void stripeIdThatTheAccountDoesNotHaveIsAMistake() {
        assertThatThrownBy(() -> shop.plan(Shop.CATALOG.replace("key: api, ", "key: api, stripe-id: prod_none, ")))
                .isInstanceOf(UserError.class)
                .hasMessage("the catalog's product api has stripe-id prod_none, which the account does not have");
        assertThatThrownBy(() -> shop.plan(Shop.CATALOG.replace("amount: 4900", "amount: 4900, stripe-id: price_none")))
                .isInstanceOf(UserError.class)
                .hasMessage("the catalog's price base_eur has stripe-id price_none, which the account does not have");
    }

    @Test
    void defaultPriceOfAProductGivesWayToItsSuccessor() {
        shop.apply(Shop.CATALOG);
        StripePrice base = shop.account().priceWithLookupKey("base_eur").orElseThrow();
        String product = base.terms().product();
        shop.stripe.updateProduct(product, Map.of("default_price", base.id()), Map.of());

        String dearer = Shop.CATALOG.replace("4900", "5900");
        shop.apply(dearer);
        assertThat(shop.account().product(product).orElseThrow().defaultPrice())
                .isEqualTo(shop.account()
                        .priceWithLookupKey("base_eur")
                        .orElseThrow()
                        .id());

        shop.apply(dearer.replaceAll("(?m)^ *- \\{lookup-key: base_eur.*\n", "").replace("base: base_eur, ", ""));
        assertThat(shop.account().product(product).orElseThrow().defaultPrice()).isEmpty();
        assertThat(shop.account().priceWithLookupKey("base_eur").orElseThrow().active())
                .isFalse();
    }

    @Test
    void catalogsOfOneAccountLeaveEachOtherAlone() {
        shop.apply(Shop.CATALOG);
        String other = """
                catalog: other
                products: [{key: api, name: Other API}]
                prices: [{lookup-key: other_eur, product: api, currency: eur, amount: 7}]
                """;

        shop.apply(other);

        assertThat(shop.plan(Shop.CATALOG).changes()).isEmpty();
        assertThat(shop.plan(other).changes()).isEmpty();
        assertThat(shop.account().products()).extracting(StripeProduct::name).contains("API", "Other API");
        assertThatThrownBy(() -> shop.plan(other.replace("other_eur", "base_eur")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("belongs to the catalog main");
    }

    @Test
    void priceOfTheAccountIsOnePriceOfTheCatalog() {
        shop.apply(Shop.CATALOG);
        String base =
                shop.account().priceWithLookupKey("base_eur").orElseThrow().id();
        String twice = Shop.CATALOG.replace(
                "plans:",
                "  - {lookup-key: twin, product: platform, currency: eur, amount: 4900, stripe-id: " + base
                        + "}\nplans:");

        assertThatThrownBy(() -> shop.plan(twice))
                .isInstanceOf(UserError.class)
                .hasMessage("the catalog's price twin has stripe-id " + base
                        + ", which has the lookup key base_eur already");
    }

    @Test
    void lookupKeyThatWentToAnotherPriceOfOursIsNotGuessedAbout() {
        shop.apply(Shop.CATALOG);
        String requests =
                shop.account().priceWithLookupKey("requests_eur").orElseThrow().id();
        shop.stripe.updatePrice(requests, Map.of("lookup_key", "base_eur", "transfer_lookup_key", "true"), Map.of());

        assertThatThrownBy(() -> shop.plan(Shop.CATALOG))
                .isInstanceOf(UserError.class)
                .hasMessage(
                        "the price base_eur of the account (" + requests + ") is or was requests_eur of this catalog");
        assertThat(shop.drift(Shop.CATALOG).changes())
                .contains(
                        "price requests_eur: no price has the lookup key any more",
                        "price base_eur: the lookup key is " + requests
                                + "'s, which the catalog did not make or which lost its metadata");
        assertThat(shop.drift(Shop.CATALOG).notes())
                .anyMatch(note -> note.contains("to mend it: give base_eur another"));
    }

    @Test
    void doubledProductThatHasThePricesStays() {
        String older = shop.stripe.createProduct(Map.of("name", "API"), Shop.marked(Marks.PRODUCT, "api"));
        shop.apply(Shop.CATALOG);
        String younger = shop.stripe.createProduct(Map.of("name", "API"), Shop.marked(Marks.PRODUCT, "api"));
        shop.stripe.updateProduct(older, Map.of(), Map.of(Marks.PRODUCT, "gone"));
        shop.apply(Shop.CATALOG);
        shop.stripe.updateProduct(older, Map.of("active", "true"), Map.of(Marks.PRODUCT, "api"));

        assertThat(shop.plan(Shop.CATALOG).changes())
                .extracting(change -> change.action() + " " + change.object() + " " + change.details())
                .containsExactly("ARCHIVE product api [another product has its key (" + older + ")]");
        assertThat(shop.account()
                        .priceWithLookupKey("requests_eur")
                        .orElseThrow()
                        .terms()
                        .product())
                .isEqualTo(younger);
    }
}
