package io.tallymark.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.rating.Graduated;
import io.tallymark.rating.Packages;
import io.tallymark.rating.PerUnit;
import io.tallymark.rating.Tier;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogFileTest {
    private static final String HEAD = "products: [{key: api, name: API}]\n";

    @Test
    void productsPricesAndPlansAreRead() {
        Catalog catalog = CatalogFile.fromText("catalog.yaml", Shop.CATALOG, Shop.meters());

        assertThat(catalog.products())
                .contains(new CatalogProduct("api", "API", "", "request", "", ""))
                .hasSize(2);
        assertThat(catalog.price("base_eur").orElseThrow().pricing()).isEqualTo(new PerUnit(new BigDecimal("4900")));
        assertThat(catalog.price("requests_eur").orElseThrow().pricing())
                .isEqualTo(new Graduated(List.of(
                        new Tier(10_000L, new BigDecimal("0"), null), new Tier(null, new BigDecimal("0.1"), null))));
        assertThat(catalog.price("bytes_eur").orElseThrow().pricing())
                .isEqualTo(new Packages(new BigDecimal("2.5"), 1_000, Packages.Round.UP));
        assertThat(catalog.price("bytes_eur").orElseThrow().usage())
                .contains(new CatalogPrice.Metered("bytes", "api_bytes", ""));
        assertThat(catalog.plan("pro").orElseThrow().prices()).containsExactly("base_eur", "requests_eur", "bytes_eur");
        assertThat(catalog.plansWith("requests_eur")).containsExactly("flex", "pro");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            amount: 010                               | amount: 010 is no plain number
            amount: 1_000                             | amount: 1_000 is no plain number
            amount: 1e3                               | amount: 1e3 is no plain number
            amount: -5                                | amount: -5 is no plain number
            amount: 0.1234567890123                   | amount: 0.1234567890123 has more than 12 decimals
            amount: 100000000                         | amount: 100000000 is more than Stripe's 99999999
            amount: 1, unit-amount: 1                 | amount: only one of amount, unit-amount can be charged
            nickname: x                               | amount: is missing
            amount: 1, meter: requests                | amount: is a fixed fee, and the price has a meter
            unit-amount: 1                            | unit-amount: is for usage, and a metered price without a meter bills nothing
            unit-amount: "", meter: requests          | unit-amount: the empty text is no plain number
            amount: ""                                | amount: the empty text is no plain number
            amount: 150000000, currency: eur          | amount: 150000000 is more than Stripe's 99999999
            amount: 1000000000000, currency: idr      | amount: 1000000000000 is more than Stripe's 999999999999
            amount: 1, interval-count: 012            | interval-count: 012 is no whole number from 1 to 36
            amount: 1, nickname: "a\\0b"               | nickname: has a control character
            meter: "", unit-amount: 1                 | meter: is missing
            amount: 49.00                             | amount: 49.00 has decimals, and amounts are in the minor unit: write 4900 for 49.00
            meter: requests, package: {size: "", amount: 1} | package.size: the empty text is no whole number
            meter: requests, tiers-mode: volume, tiers: [{up-to: "", unit-amount: 1}, {unit-amount: 2}] | tiers[0].up-to: the empty text is no whole number
            meter: requests, tiers-mode: volume, tiers: [{up-to: 5, unit-amount: 1, flat-amount: 5.00}, {unit-amount: 2}] | tiers[0].flat-amount: 5.00 has decimals
            unit-amount: 1, meter: requestz           | meter: requestz is no metric of tallymark.yaml; did you mean requests?
            unit-amount: 1, meter: quiet              | meter: quiet is not reported to Stripe
            unit-amount: 1, meter: requests, aggregate-usage: max | aggregate-usage: max has no meaning for requests
            unit-amount: 1, meter: records, aggregate-usage: max  | aggregate-usage: max on records, a meter with aggregation sum, would bill another number
            amount: 1, aggregate-usage: max           | aggregate-usage: has no meaning without a meter
            amount: 1, currency: xxz                  | currency: xxz is no currency
            amount: 1, interval: hour                 | interval: hour is none of day, month, week, year
            amount: 1, interval-count: 37             | interval-count: 37 is no whole number from 1 to 36
            amount: 1, product: apo                   | product: apo is no key of products; did you mean api?
            amount: 1, colour: red                    | colour: is an unknown key
            meter: requests, package: {amount: 1}     | package.size: is missing
            meter: requests, package: {size: 1.5, amount: 1} | package.size: 1.5 is no whole number
            meter: requests, tiers: [{unit-amount: 1}]| tiers-mode: is missing
            meter: requests, tiers-mode: volume, tiers: [] | tiers: there is no tier
            meter: requests, tiers-mode: volume, tiers: [{up-to: 5, unit-amount: 1}] | tiers: tier 1 is the last and ends at 5
            meter: requests, tiers-mode: volume, tiers: [{unit-amount: 1}, {unit-amount: 2}] | tiers: tier 1 has no end, and is not the last
            meter: requests, tiers-mode: volume, tiers: [{up-to: 5, unit-amount: 1}, {up-to: 5, unit-amount: 1}, {unit-amount: 2}] | tiers: tier 2 ends at 5, not above 5
            meter: requests, tiers-mode: volume, tiers: [{up-to: 1.5, unit-amount: 1}, {unit-amount: 2}] | tiers[0].up-to: 1.5 is no whole number
            meter: requests, tiers-mode: volume, tiers: [{up-to: 5, unit-amount: 1}, {from: 7, unit-amount: 2}] | tiers[1].from: 7 leaves a gap after unit 5
            meter: requests, tiers-mode: volume, tiers: [{up-to: 5, unit-amount: 1}, {from: 5, unit-amount: 2}] | tiers[1].from: 5 overlaps the tier before, which ends at 5
            meter: requests, tiers-mode: volume, tiers: [{up-to: 5}, {unit-amount: 2}] | tiers[0].unit-amount: is missing
            meter: requests, tiers-mode: volume, tiers: [{up-to: 5, unit-amount: 0.1234567890123}, {unit-amount: 2}] | tiers[0].unit-amount: 0.1234567890123 has more than 12 decimals
            """)
    void priceThatWouldBillWrongIsRefused(String terms, String problem) {
        String price = "{lookup-key: p, " + (terms.contains("product:") ? "" : "product: api, ")
                + (terms.contains("currency:") ? "" : "currency: eur, ") + terms + "}";

        assertThat(problems(HEAD + "prices: [" + price + "]")).contains("prices[0]." + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {key: p, metered: [a, b]}           | plans[0].metered: a and b both count requests: the same usage would be billed twice
            {key: p, base: a}                   | plans[0].base: a is a price for usage
            {key: p, metered: [fee]}            | plans[0].metered: fee is a fixed fee
            {key: p, metered: [c]}              | plans[0].metered: c is no lookup-key of prices
            {key: p}                            | plans[0].metered: is missing
            {key: p, base: fee, metered: [usd]} | plans[0].metered: mixes currencies, eur, usd
            {key: p, base: fee, metered: [week]}| plans[0].metered: mixes intervals, 1 month, 1 week
            {key: p, base: "", metered: [a]}    | plans[0].base: the empty text is no lookup-key of prices
            {key: "a,b", base: fee}             | plans[0].key: a,b is no name
            {base: fee}                         | plans[0].key: is missing
            """)
    void planThatWouldBillWrongIsRefused(String plan, String problem) {
        String prices = """
                prices:
                  - {lookup-key: fee, product: api, currency: eur, amount: 1}
                  - {lookup-key: a, product: api, currency: eur, meter: requests, unit-amount: 1}
                  - {lookup-key: b, product: api, currency: eur, meter: requests, unit-amount: 2}
                  - {lookup-key: usd, product: api, currency: usd, meter: bytes, unit-amount: 1}
                  - {lookup-key: week, product: api, currency: eur, meter: bytes, unit-amount: 1, interval: week}
                """;

        assertThat(problems(HEAD + prices + "plans: [" + plan + "]")).contains(problem);
    }

    @Test
    void namesAreThereOnce() {
        String price = "{lookup-key: a, product: api, currency: eur, amount: 1, stripe-id: price_1}";

        assertThat(problems(
                        "products: [{key: api, name: A}, {key: api, name: B}]\nprices: [" + price + ", " + price + "]"))
                .contains("products[1].key: api is there twice")
                .contains("prices[1].lookup-key: a is there twice")
                .contains("prices[1].stripe-id: price_1 is another price's too");
        assertThat(problems("prices: []")).contains("products: is empty").contains("prices: is empty");
        assertThatThrownBy(() -> CatalogFile.fromText("catalog.yaml", HEAD + "---\n" + HEAD, Shop.meters()))
                .hasMessage("catalog.yaml has a second document after ---");
        assertThat(problems("products: [{key: a, name: A, unit-label: thirteen-char}]"))
                .contains("products[0].unit-label: has 13 characters, more than Stripe's 12");
    }

    @Test
    void valuesAreTakenAsTheyAreWritten() {
        Catalog catalog = CatalogFile.fromText(
                "catalog.yaml",
                "products: [{key: api, name: '${HOME}', description: '\u00fc # \"x\"'}]\n"
                        + "prices: [{lookup-key: p, product: api, currency: idr, amount: 150000000}]",
                Shop.meters());

        assertThat(catalog.products().get(0).name()).as("no variable").isEqualTo("${HOME}");
        assertThat(catalog.products().get(0).description()).isEqualTo("\u00fc # \"x\"");
    }

    @Test
    void aliasIsRefused() {
        assertThatThrownBy(() -> CatalogFile.fromText(
                        "catalog.yaml", "products:\n  - {key: a, name: &n A}\n  - {key: b, name: *n}\n", Shop.meters()))
                .isInstanceOf(UserError.class)
                .hasMessage("catalog.yaml is no YAML (line 3): *n is an alias, which is not read: write the value");
    }

    @Test
    void fileThatIsNoUtf8SaysSo(@TempDir Path directory) throws IOException {
        Path file =
                Files.write(directory.resolve("catalog.yaml"), "name: \u00fc".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> CatalogFile.load(file, Shop.meters())).hasMessage(file + " is no UTF-8 text");
    }

    @Test
    void usageRecordsAreSummedUnlessItSaysOtherwise() {
        Catalog catalog = CatalogFile.fromText(
                "catalog.yaml",
                HEAD + "prices: [{lookup-key: a, product: api, currency: eur, meter: records, unit-amount: 1}]",
                Shop.meters());

        assertThat(catalog.prices().get(0).usage()).contains(new CatalogPrice.Metered("records", "", "sum"));
    }

    private static String problems(String yaml) {
        String[] message = new String[1];
        assertThatThrownBy(() -> CatalogFile.fromText("catalog.yaml", yaml, Shop.meters()))
                .isInstanceOfSatisfying(UserError.class, e -> {
                    message[0] = String.valueOf(e.getMessage());
                    assertThat(e.remedy()).isEqualTo("mend the file; docs/catalog.md lists every key");
                });
        return message[0];
    }
}
