package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PricesTest {
    private static final String LAST_WITH_USAGE_RECORDS = "2025-02-24.acacia";

    private StripeSimulator simulator;
    private Caller caller;
    private String product;
    private String meter;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, new SettableClock(Instant.parse("2026-11-22T10:00:00Z")));
        caller = new Caller(simulator);
        product = caller.post("/v1/products", "name", "API").text("id");
        meter = caller.createMeter("requests", "sum");
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void aLicensedPriceHasItsAmountTwice() {
        Caller.Reply price = create("unit_amount", "4900", "recurring[interval]", "month");

        assertThat(price.text("billing_scheme")).isEqualTo("per_unit");
        assertThat(price.text("unit_amount")).isEqualTo("4900");
        assertThat(price.text("unit_amount_decimal")).isEqualTo("4900");
        assertThat(price.body().path("recurring").path("usage_type").asText()).isEqualTo("licensed");
        assertThat(price.text("tax_behavior")).isEqualTo("unspecified");
        assertThat(price.text("type")).isEqualTo("recurring");
    }

    @Test
    void aFractionOfACentIsADecimalOnly() {
        Caller.Reply price = metered("unit_amount_decimal", "0.100");

        assertThat(price.body().path("unit_amount").isNull()).isTrue();
        assertThat(price.text("unit_amount_decimal")).isEqualTo("0.1");
        assertThat(price.body().path("recurring").path("meter").asText()).isEqualTo(meter);
        assertThat(price.body().path("recurring").has("aggregate_usage")).isFalse();
    }

    @Test
    void tiersAreShownToThoseWhoExpandThem() {
        String id = tiered("graduated", "10000", "0", "inf", "0.1").text("id");

        assertThat(caller.get("/v1/prices/" + id).body().has("tiers")).isFalse();
        JsonNode tiers =
                caller.get("/v1/prices/" + id, "expand[]", "tiers").body().path("tiers");
        assertThat(tiers).hasSize(2);
        assertThat(tiers.path(0).path("up_to").asLong()).isEqualTo(10_000);
        assertThat(tiers.path(1).path("up_to").isNull()).isTrue();
        assertThat(tiers.path(1).path("unit_amount_decimal").asText()).isEqualTo("0.1");
        assertThat(tiers.path(1).path("flat_amount").isNull()).isTrue();
        JsonNode listed = caller.get("/v1/prices", "expand[]", "data.tiers")
                .body()
                .path("data")
                .path(0);
        assertThat(listed.path("tiers")).hasSize(2);
    }

    @Test
    void aPackageIsATransformation() {
        Caller.Reply price =
                metered("unit_amount", "8", "transform_quantity[divide_by]", "60", "transform_quantity[round]", "up");

        assertThat(price.body().path("transform_quantity").toString()).isEqualTo("{\"divide_by\":60,\"round\":\"up\"}");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            unit_amount,            unit_amount=1 unit_amount_decimal=1
            unit_amount,            unit_amount=-1
            unit_amount,            unit_amount=100000000
            unit_amount,            nickname=none
            unit_amount_decimal,    unit_amount_decimal=0.1234567890123
            unit_amount_decimal,    unit_amount_decimal=-0.1
            currency,               currency=euro unit_amount=1
            product,                product=prod_none unit_amount=1
            product,                product= unit_amount=1
            recurring[interval],    unit_amount=1 recurring[interval]=hour
            recurring[interval_count], unit_amount=1 recurring[interval]=month recurring[interval_count]=37
            recurring[meter],       unit_amount=1 recurring[interval]=month recurring[usage_type]=metered
            recurring[meter],       unit_amount=1 recurring[interval]=month recurring[usage_type]=metered recurring[meter]=mtr_none
            recurring[meter],       unit_amount=1 recurring[interval]=month recurring[meter]=METER
            recurring[aggregate_usage], unit_amount=1 recurring[interval]=month recurring[usage_type]=metered recurring[meter]=METER recurring[aggregate_usage]=max
            tiers,                  unit_amount=1 tiers[0][up_to]=inf
            tiers_mode,             billing_scheme=tiered tiers[0][up_to]=inf tiers[0][unit_amount]=1
            tiers,                  billing_scheme=tiered tiers_mode=volume
            tiers,                  billing_scheme=tiered tiers_mode=volume tiers[0][up_to]=5 tiers[0][unit_amount]=1
            tiers,                  billing_scheme=tiered tiers_mode=volume tiers[0][up_to]=inf tiers[0][unit_amount]=1 tiers[1][up_to]=inf tiers[1][unit_amount]=1
            tiers[0],               billing_scheme=tiered tiers_mode=volume tiers[0][up_to]=inf
            tiers[0][up_to],        billing_scheme=tiered tiers_mode=volume tiers[0][up_to]=1.5 tiers[0][unit_amount]=1 tiers[1][up_to]=inf tiers[1][unit_amount]=1
            tiers[1][up_to],        billing_scheme=tiered tiers_mode=volume tiers[0][up_to]=5 tiers[0][unit_amount]=1 tiers[1][up_to]=5 tiers[1][unit_amount]=1 tiers[2][up_to]=inf tiers[2][unit_amount]=1
            tiers[0][colour],       billing_scheme=tiered tiers_mode=volume tiers[0][up_to]=inf tiers[0][unit_amount]=1 tiers[0][colour]=red
            tiers[7][up_to],        billing_scheme=tiered tiers_mode=volume tiers[0][up_to]=inf tiers[0][unit_amount]=1 tiers[7][up_to]=9
            unit_amount,            billing_scheme=tiered tiers_mode=volume tiers[0][up_to]=inf tiers[0][unit_amount]=1 unit_amount=4
            transform_quantity,     billing_scheme=tiered tiers_mode=volume tiers[0][up_to]=inf tiers[0][unit_amount]=1 transform_quantity[divide_by]=4 transform_quantity[round]=up
            transform_quantity[round], unit_amount=1 transform_quantity[divide_by]=4
            transform_quantity[divide_by], unit_amount=1 transform_quantity[divide_by]=0 transform_quantity[round]=up
            lookup_key,             unit_amount=1 lookup_key=LONG
            """)
    void whatStripeDoesNotTakeIsRefused(String param, String form) {
        List<String> pairs = new ArrayList<>();
        for (String pair : form.split(" ")) {
            String[] parts = pair.split("=", 2);
            pairs.add(parts[0]);
            pairs.add(parts[1].replace("METER", meter).replace("LONG", "k".repeat(201)));
        }

        Caller.Reply refused = create(pairs.toArray(String[]::new));

        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(400);
        assertThat(refused.error("param")).isEqualTo(param);
    }

    @Test
    void anInactiveMeterTakesNoNewPrice() {
        caller.post("/v1/billing/meters/" + meter + "/deactivate");

        assertThat(metered("unit_amount", "1").error("param")).isEqualTo("recurring[meter]");
    }

    @Test
    void aLookupKeyBelongsToOnePriceUnlessItIsTransferred() {
        String first = create("unit_amount", "1", "lookup_key", "base").text("id");
        caller.post("/v1/prices/" + first, "active", "false");
        Caller.Reply refused = create("unit_amount", "2", "lookup_key", "base");
        assertThat(refused.error("code")).isEqualTo("resource_already_exists");
        assertThat(refused.error("message")).contains(first);

        String second = create("unit_amount", "2", "lookup_key", "base", "transfer_lookup_key", "true")
                .text("id");

        assertThat(caller.get("/v1/prices/" + first).body().path("lookup_key").isNull())
                .isTrue();
        assertThat(caller.get("/v1/prices", "lookup_keys[0]", "base").body().path("data"))
                .extracting(price -> price.path("id").asText())
                .containsExactly(second);
    }

    @Test
    void whatAPriceChargesNeverChanges() {
        String path = "/v1/prices/" + create("unit_amount", "1").text("id");

        assertThat(caller.post(path, "unit_amount", "2").error("code")).isEqualTo("parameter_unknown");
        assertThat(caller.post(path, "tax_behavior", "exclusive").text("tax_behavior"))
                .isEqualTo("exclusive");
        assertThat(caller.post(path, "tax_behavior", "inclusive").error("param"))
                .isEqualTo("tax_behavior");
        assertThat(caller.post(path, "nickname", "Base", "active", "false").text("nickname"))
                .isEqualTo("Base");
        assertThat(caller.get("/v1/prices").body().path("data"))
                .as("active ones unless told otherwise")
                .isEmpty();
        assertThat(caller.get("/v1/prices", "active", "false").body().path("data"))
                .hasSize(1);
    }

    @Test
    void anOldVersionStillHasMeteredPricesWithoutAMeter() {
        String[] form = {
            "product",
            product,
            "currency",
            "eur",
            "unit_amount",
            "1",
            "recurring[interval]",
            "month",
            "recurring[usage_type]",
            "metered",
            "recurring[aggregate_usage]",
            "max"
        };
        Caller.Reply price = caller.postWith("Stripe-Version", LAST_WITH_USAGE_RECORDS, "/v1/prices", form);

        assertThat(price.body().path("recurring").path("aggregate_usage").asText())
                .isEqualTo("max");
        assertThat(caller.get("/v1/prices/" + price.text("id"))
                        .body()
                        .path("recurring")
                        .has("aggregate_usage"))
                .isFalse();

        simulator.legacy(false);
        assertThat(caller.postWith("Stripe-Version", LAST_WITH_USAGE_RECORDS, "/v1/prices", form)
                        .error("param"))
                .isEqualTo("recurring[meter]");
    }

    private Caller.Reply metered(String... more) {
        return create(with(
                more, "recurring[interval]", "month", "recurring[usage_type]", "metered", "recurring[meter]", meter));
    }

    /** Each tier is its end and its unit amount. */
    private Caller.Reply tiered(String mode, String... tiers) {
        List<String> form = new ArrayList<>(List.of("billing_scheme", "tiered", "tiers_mode", mode));
        for (int i = 0; i < tiers.length; i += 2) {
            String tier = "tiers[" + i / 2 + "]";
            form.addAll(List.of(tier + "[up_to]", tiers[i], tier + "[unit_amount_decimal]", tiers[i + 1]));
        }
        return metered(form.toArray(String[]::new));
    }

    /** Of the product and in euros, unless the form says otherwise. */
    private Caller.Reply create(String... form) {
        return caller.post("/v1/prices", with(form, "product", product, "currency", "eur"));
    }

    private static String[] with(String[] form, String... defaults) {
        List<String> all = new ArrayList<>(List.of(defaults));
        all.addAll(List.of(form));
        return all.toArray(String[]::new);
    }
}
