package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProductsTest {
    private StripeSimulator simulator;
    private Caller caller;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, new SettableClock(Instant.parse("2026-11-22T10:00:00Z")));
        caller = new Caller(simulator);
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void aProductIsCreatedAndRead() {
        String id = create("name", "API", "unit_label", "request", "metadata[team]", "core")
                .text("id");
        Caller.Reply product = caller.get("/v1/products/" + id);

        assertThat(product.text("object")).isEqualTo("product");
        assertThat(product.text("name")).isEqualTo("API");
        assertThat(product.text("unit_label")).isEqualTo("request");
        assertThat(product.body().path("description").isNull()).isTrue();
        assertThat(product.body().path("active").asBoolean()).isTrue();
        assertThat(product.body().path("metadata").path("team").asText()).isEqualTo("core");
    }

    @Test
    void anUpdateChangesWhatItNamesAndMergesMetadata() {
        String path = "/v1/products/"
                + create("name", "API", "description", "old", "metadata[a]", "1", "metadata[b]", "2")
                        .text("id");

        Caller.Reply product =
                caller.post(path, "description", "", "active", "false", "metadata[a]", "", "metadata[c]", "3");

        assertThat(product.text("name")).isEqualTo("API");
        assertThat(product.body().path("description").isNull()).isTrue();
        assertThat(product.body().path("active").asBoolean()).isFalse();
        assertThat(product.body().path("metadata").toString()).isEqualTo("{\"b\":\"2\",\"c\":\"3\"}");
    }

    @Test
    void whatStripeDoesNotTakeIsRefused() {
        assertThat(create("description", "x").error("param")).isEqualTo("name");
        assertThat(create("name", "API", "unit_label", "thirteen-char").error("param"))
                .isEqualTo("unit_label");
        assertThat(create("name", "API", "active", "yes").error("param")).isEqualTo("active");
        assertThat(create("name", "API", "colour", "red").error("code")).isEqualTo("parameter_unknown");
        assertThat(create("name", "API", "metadata[" + "k".repeat(41) + "]", "1")
                        .error("param"))
                .isEqualTo("metadata");
        assertThat(caller.post("/v1/products/prod_none", "name", "x").status()).isEqualTo(404);
    }

    @Test
    void anIdIsChosenOnce() {
        assertThat(create("name", "API", "id", "mine").text("id")).isEqualTo("mine");
        assertThat(create("name", "API", "id", "mine").error("code")).isEqualTo("resource_already_exists");
    }

    @Test
    void aListIsNewestFirstAndCanBeNarrowed() {
        String first = create("name", "First").text("id");
        String second = create("name", "Second", "active", "false").text("id");

        assertThat(caller.get("/v1/products")
                        .body()
                        .path("data")
                        .path(0)
                        .path("id")
                        .asText())
                .isEqualTo(second);
        assertThat(caller.get("/v1/products", "active", "true").body().path("data"))
                .extracting(product -> product.path("id").asText())
                .containsExactly(first);
        assertThat(caller.get("/v1/products", "ids[0]", second).body().path("data"))
                .hasSize(1);
    }

    @Test
    void aProductWithAPriceIsNotDeleted() {
        String path = "/v1/products/" + create("name", "API").text("id");
        caller.post("/v1/prices", "product", path.substring(13), "currency", "eur", "unit_amount", "5");
        assertThat(caller.delete(path).status()).isEqualTo(400);

        String unused = "/v1/products/" + create("name", "Unused").text("id");
        assertThat(caller.delete(unused).body().path("deleted").asBoolean()).isTrue();
        assertThat(caller.get(unused).status()).isEqualTo(404);
    }

    @Test
    void aDefaultPriceIsAnActiveOneOfTheProductAndIsNotArchived() {
        String id = create("name", "API").text("id");
        String price = caller.post("/v1/prices", "product", id, "currency", "eur", "unit_amount", "5")
                .text("id");
        String other = create("name", "Other").text("id");

        assertThat(caller.post("/v1/products/" + other, "default_price", price).error("param"))
                .isEqualTo("default_price");
        assertThat(caller.post("/v1/products/" + id, "default_price", price).text("default_price"))
                .isEqualTo(price);
        assertThat(caller.post("/v1/prices/" + price, "active", "false").error("message"))
                .isEqualTo("This price cannot be archived because it is the default price of its product.");
        caller.post("/v1/products/" + id, "default_price", "");
        assertThat(caller.post("/v1/prices/" + price, "active", "false").status())
                .isEqualTo(200);
        assertThat(caller.post("/v1/products/" + id, "default_price", price).error("param"))
                .isEqualTo("default_price");
    }

    private Caller.Reply create(String... form) {
        return caller.post("/v1/products", form);
    }
}
