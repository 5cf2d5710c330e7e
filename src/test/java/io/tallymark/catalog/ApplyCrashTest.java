package io.tallymark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.call.Fault;
import io.tallymark.simulator.call.LoggedRequest;
import io.tallymark.stripe.StripePrice;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every call of an apply fails once, before or after it was carried out; a second apply leads to the same account. */
class ApplyCrashTest {
    private static final String CHANGED = Shop.CATALOG
            .replace("amount: 4900", "amount: 5900")
            .replace("unit-amount: 0.1", "unit-amount: 0.2")
            .replace("name: API", "name: The API")
            .replaceAll("(?m)^ *- \\{lookup-key: bytes_eur.*\n", "")
            .replace(", bytes_eur]", "]");

    @ParameterizedTest
    @EnumSource(names = {"SERVER_ERROR_BEFORE", "SERVER_ERROR_AFTER", "RESET_MID_BODY"})
    void applyThatEndedAtAnyCallIsLedOnByTheNext(Fault fault) {
        int creating = crashEach(fault, shop -> {}, Shop.CATALOG);
        int changing = crashEach(fault, shop -> shop.apply(Shop.CATALOG), CHANGED);
        int adopting = crashEach(fault, ApplyCrashTest::sellByHand, Shop.CATALOG);
        int ofTheDefault = crashEach(fault, ApplyCrashTest::makeBaseTheDefault, CHANGED);
        int ofTheMeter = crashEach(fault, ApplyCrashTest::changeTheMeter, Shop.CATALOG);
        System.out.println("catalog: apply ended by " + fault + " at each of " + creating + " calls that create, "
                + changing + " that change, " + adopting + " that take over what was made by hand, " + ofTheDefault
                + " that change a product's default price, " + ofTheMeter + " that replace a meter");
    }

    private static void changeTheMeter(Shop shop) {
        shop.apply(Shop.CATALOG);
        shop.reportRequestsAs("delta");
    }

    private static void makeBaseTheDefault(Shop shop) {
        shop.apply(Shop.CATALOG);
        StripePrice base = shop.account().priceWithLookupKey("base_eur").orElseThrow();
        shop.stripe.updateProduct(base.terms().product(), Map.of("default_price", base.id()), Map.of());
    }

    /** A base fee of another amount than the catalog's, with its lookup key and without our marks. */
    private static void sellByHand(Shop shop) {
        String product = shop.stripe.createProduct(Map.of("name", "By hand"), Map.of());
        shop.stripe.createPrice(
                new StripePrice.Terms(
                        product, "eur", "month", 1, null, new BigDecimal("4500"), 0, false, null, List.of()),
                Map.of("lookup_key", "base_eur"),
                Map.of());
    }

    /** Crashes an apply at each of its calls; how many there were. */
    private static int crashEach(Fault fault, Consumer<Shop> before, String catalog) {
        List<String> expected = sold(before, catalog);
        for (int call = 0; ; call++) {
            try (Shop shop = new Shop()) {
                before.accept(shop);
                CatalogPlan plan = shop.plan(catalog);
                List<Fault> script = new ArrayList<>(Collections.nCopies(call, Fault.NONE));
                script.add(fault);
                shop.simulator.faults().next(script.toArray(Fault[]::new));
                boolean failed = !applies(shop, plan);
                if (shop.simulator.faults().waiting() > 0) {
                    return call;
                }
                assertThat(failed).as("call %d with %s", call, fault).isTrue();
                shop.apply(catalog);
                assertThat(shop.sold()).as("call %d with %s", call, fault).isEqualTo(expected);
                assertThat(shop.plan(catalog).changes()).isEmpty();
                assertThat(shop.drift(catalog).isEmpty()).isTrue();
                assertThat(shop.simulator.requests())
                        .extracting(LoggedRequest::method)
                        .doesNotContain("DELETE");
            }
        }
    }

    private static boolean applies(Shop shop, CatalogPlan plan) {
        try {
            shop.apply(plan);
            return true;
        } catch (UserError e) {
            return false;
        }
    }

    private static List<String> sold(Consumer<Shop> before, String catalog) {
        try (Shop shop = new Shop()) {
            before.accept(shop);
            shop.apply(catalog);
            return shop.sold();
        }
    }
}
