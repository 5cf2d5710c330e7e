package io.tallymark.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tallymark.billing.PlanSchedule;
import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.CatalogPrice;
import io.tallymark.close.CloseRig;
import io.tallymark.rating.PerUnit;
import io.tallymark.simulator.Caller;
import io.tallymark.stripe.StripeBilling.ItemChange;
import io.tallymark.stripe.StripePrice;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The invoice to be, from a real database, beside the preview of a simulator that rates on its own. */
class InvoicePreviewTest {
    private static final Instant HOUR = Instant.parse("2026-10-25T13:00:00Z");
    private static final Instant LATER = Instant.parse("2026-10-27T09:00:00Z");

    private CloseRig rig;

    @BeforeEach
    void open() throws SQLException {
        rig = new CloseRig();
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void usageThatNoItemBillsIsSaidAndIsADifferenceOnlyWhereItHoldsTheInvoice() throws SQLException {
        rig.subscribe("peaks");
        used("bytes", "290");
        told();

        Preview holding = preview();
        assertThat(holding.agrees()).isFalse();
        assertThat(PreviewText.print(holding))
                .contains("not billed: bytes 290, which no item bills in the hour from 2026-10-25T13:00:00Z")
                .contains("preview: DIFFERENT prices=3 differing=0 not-billed=1 ");
        assertThat(PreviewJson.print(holding)).contains("\"not_billed\":[{\"metric\":\"bytes\",\"quantity\":\"290\"");

        Preview allowed =
                new InvoicePreview(rig.database, rig.stripe, rig.mirror, rig.catalog, rig.meters(), false).of("acme");
        assertThat(allowed.agrees()).isTrue();
        assertThat(PreviewText.print(allowed)).contains("not billed: bytes 290");
    }

    @Test
    void toldUsageIsTheSameInvoiceOnBothSides() throws SQLException {
        rig.subscribe("packs");
        used("requests", "6000");
        used("bytes", "31");
        told();

        Preview preview = preview();

        assertThat(preview.agrees()).as(PreviewText.print(preview)).isTrue();
        assertThat(preview.lines())
                .extracting(
                        OwnLine::price,
                        OwnLine::tier,
                        OwnLine::flatFee,
                        line -> line.amount().intValueExact())
                .containsExactlyInAnyOrder(
                        tuple("base_pro", 0, false, 4900),
                        tuple("requests_tiers", 1, false, 300),
                        tuple("requests_tiers", 1, true, 500),
                        tuple("requests_tiers", 2, false, 800),
                        tuple("requests_tiers", 3, false, 100),
                        tuple("bytes_packs", 0, false, 100));
        assertThat(PreviewText.print(preview))
                .containsPattern("requests_tiers +usage +2 +4000 +0.002 EUR +8.00 EUR")
                .containsPattern("requests_tiers +tier's fee +1 +- +5.00 EUR +5.00 EUR")
                .containsPattern("total +67.00 EUR")
                .containsPattern("bytes_packs +usage +31 +31 +1.00 EUR +1.00 EUR +0.00 EUR")
                .doesNotContain("not told yet")
                .endsWith("preview: OK prices=3 differing=0 ours=67.00 EUR stripe=67.00 EUR");
    }

    @Test
    void usageThatStripeWasNotToldIsTheReasonOfADifference() throws SQLException {
        rig.subscribe("pro");
        used("bytes", "7");
        told();
        used("bytes", "17");

        Preview preview = preview();

        assertThat(preview.agrees()).isFalse();
        assertThat(row(preview, "bytes_pro"))
                .returns(List.of("not told yet: 10"), Comparison::reasons)
                .extracting(comparison -> comparison.theirs().quantity().intValueExact())
                .isEqualTo(7);
        assertThat(row(preview, "requests_pro").agrees()).isTrue();
        assertThat(PreviewText.print(preview))
                .contains("differs  bytes_pro: not told yet: 10", "\nnot told yet: bytes 10\n")
                .endsWith("preview: DIFFERENT prices=3 differing=1 ours=49.09 EUR stripe=49.04 EUR");
    }

    @Test
    void earlyResultsAreOnNoInvoiceYet() throws SQLException {
        rig.subscribe("pro");
        used("bytes", "7");
        told();
        rig.total("acme", "bytes", LATER, "5", false);

        Preview preview = preview();

        assertThat(preview.agrees()).as(PreviewText.print(preview)).isTrue();
        assertThat(PreviewText.print(preview)).contains("not told yet: bytes 0, and 5 in early results");
    }

    @Test
    void usageThatTurnsOutLessIsNotToldYetEither() throws SQLException {
        rig.subscribe("pro");
        used("bytes", "7");
        told();
        used("bytes", "6");

        assertThat(row(preview(), "bytes_pro")).returns(List.of("not told yet: -1"), Comparison::reasons);
    }

    @Test
    void creditThatIsPendingIsSaid() throws SQLException {
        rig.subscribe("pro");
        used("bytes", "-9");
        told();

        Preview preview = preview();

        assertThat(preview.agrees()).as(PreviewText.print(preview)).isTrue();
        assertThat(PreviewText.print(preview)).contains("note     bytes_pro: its usage is -9, which bills as 0");
    }

    @Test
    void whatSomebodyElseTellsStripeIsADifference() throws SQLException {
        rig.subscribe("pro");
        used("bytes", "7");
        told();
        new Caller(rig.simulator).event("api_bytes", rig.payer, "3", HOUR.getEpochSecond(), "foreign-1");

        assertThat(row(preview(), "bytes_pro").reasons())
                .singleElement()
                .asString()
                .startsWith("Stripe counts otherwise than it was told");
    }

    @Test
    void eachStretchOfAPeriodHasThePriceOfItsTime() throws SQLException {
        rig.subscribe("pro");
        used("requests", "12000");
        used("bytes", "7");
        changedTo("max", "2026-10-26T14:33:00Z");
        rig.total("requests", LATER, "300");
        told();

        Preview preview = preview();

        assertThat(preview.agrees()).as(PreviewText.print(preview)).isTrue();
        assertThat(row(preview, "requests_pro").theirs())
                .isEqualTo(new Figures(new BigDecimal("12000"), new BigDecimal("200")));
        assertThat(row(preview, "requests_max").theirs())
                .isEqualTo(new Figures(new BigDecimal("300"), new BigDecimal("15")));
        assertThat(preview.comparisons())
                .extracting(Comparison::part, Comparison::price)
                .contains(
                        tuple(Part.PRORATION, "base_pro"),
                        tuple(Part.PRORATION, "base_max"),
                        tuple(Part.FEE, "base_max"));
    }

    @Test
    void usageBeforeAChangeThatComesAfterItIsBilledAtTheNewPrice() throws SQLException {
        rig.subscribe("pro");
        used("requests", "12000");
        changedTo("max", "2026-10-26T14:33:00Z");
        used("requests", "12040");

        Preview untold = preview();
        assertThat(row(untold, "requests_pro").agrees())
                .as(PreviewText.print(untold))
                .isTrue();
        assertThat(row(untold, "requests_max"))
                .returns(List.of("not told yet: 40"), Comparison::reasons)
                .extracting(comparison -> comparison.ours())
                .isEqualTo(new Figures(new BigDecimal("40"), new BigDecimal("2")));

        told();
        assertThat(preview().agrees()).as(PreviewText.print(preview())).isTrue();
    }

    @Test
    void anItemThatIsGoneIsBilledUntilItWent() throws SQLException {
        rig.subscribe("peaks");
        rig.stripe.changeItems(subscription(), List.of(ItemChange.add(priceId("bytes_pro"))), Map.of(), "add");
        used("bytes", "100");
        told();
        rig.now(Instant.parse("2026-10-26T14:33:00Z"));
        rig.stripe.changeItems(subscription(), List.of(ItemChange.remove(itemId("bytes_pro"))), Map.of(), "remove");

        Preview preview = preview();

        assertThat(preview.agrees()).as(PreviewText.print(preview)).isTrue();
        assertThat(row(preview, "bytes_pro").theirs())
                .isEqualTo(new Figures(new BigDecimal("100"), BigDecimal.valueOf(50)));
    }

    @Test
    void aPriceThatTheCatalogDoesNotHaveIsReckonedAsStripeHasIt() throws SQLException {
        rig.subscribe("pro");
        used("bytes", "7");
        told();

        Preview preview = preview(without("bytes_pro"));

        assertThat(preview.agrees()).isTrue();
        assertThat(row(preview, "bytes_pro").reasons())
                .singleElement()
                .asString()
                .startsWith("catalog.yaml does not have it");
    }

    @Test
    void aCatalogThatSaysOtherwiseThanStripeIsDrift() throws SQLException {
        rig.subscribe("pro");
        used("bytes", "7");
        told();

        Preview preview = preview(with("bytes_pro", "2"));

        assertThat(row(preview, "bytes_pro"))
                .returns(new Figures(new BigDecimal("7"), new BigDecimal("14")), Comparison::ours)
                .extracting(comparison -> comparison.reasons().get(0))
                .asString()
                .startsWith("drift: catalog.yaml charges otherwise");
    }

    @Test
    void aSubscriptionThatEndsPaysForNoComingPeriod() throws SQLException {
        rig.subscribe("pro");
        used("bytes", "7");
        told();
        rig.stripe.cancelAtPeriodEnd(subscription(), "cancel");

        Preview preview = preview();

        assertThat(preview.agrees()).as(PreviewText.print(preview)).isTrue();
        assertThat(preview.lines()).extracting(OwnLine::part).containsOnly(Part.USAGE);
    }

    @Test
    void aPlanFromTheBoundaryOnPaysItsFee() throws SQLException {
        rig.subscribe("pro");
        used("bytes", "7");
        told();
        new PlanSchedule(rig.parts()).run("acme", "max", false);

        Preview preview = preview();

        assertThat(preview.agrees()).as(PreviewText.print(preview)).isTrue();
        assertThat(preview.lines())
                .extracting(OwnLine::price)
                .contains("base_max")
                .doesNotContain("base_pro");
    }

    @Test
    void aLongInvoiceIsComparedWhole() throws SQLException {
        rig.subscribe("packs");
        used("requests", "6000");
        for (int day = 21; day < 25; day++) {
            changedTo(day % 2 == 0 ? "packs" : "pro", "2026-10-" + day + "T14:33:00Z");
        }
        told();

        Preview preview = preview();

        assertThat(preview.agrees()).as(PreviewText.print(preview)).isTrue();
        assertThat(preview.lines()).hasSizeGreaterThan(10);
    }

    @Test
    void usageThatNobodyReportsIsNotOverlooked() throws SQLException {
        rig.subscribe("pro");
        rig.books.execute("DELETE FROM reported_meter WHERE metric = 'bytes'");
        used("bytes", "7");

        assertThat(row(preview(), "bytes_pro"))
                .returns(false, Comparison::agrees)
                .extracting(comparison -> comparison.reasons().get(0))
                .asString()
                .startsWith("usage of bytes waits for its first report");
    }

    @Test
    void programsReadTheSame() throws SQLException {
        rig.subscribe("packs");
        used("bytes", "31");
        told();
        used("bytes", "32");

        assertThat(PreviewJson.print(preview()))
                .startsWith("{\"customer\":\"acme\",\"subscription\":\"sub_")
                .contains(
                        "\"period_end\":\"2026-11-01T00:00:00Z\",\"currency\":\"eur\",\"equal\":false,\"total\":\"5500\"",
                        "{\"price\":\"requests_tiers\",\"for\":\"usage\",\"tier\":1,\"flat_fee\":true,\"quantity\":\"0\","
                                + "\"unit_amount\":\"500\",\"amount\":\"500\",\"from\":\"2026-10-20T10:00:00Z\"",
                        "{\"price\":\"bytes_packs\",\"for\":\"usage\",\"equal\":false,\"quantity\":\"32\",\"stripe_quantity\":\"31\","
                                + "\"amount\":\"100\",\"stripe_amount\":\"100\",\"difference\":\"0\",\"reasons\":[\"not told yet: 1\"]}",
                        "{\"metric\":\"bytes\",\"due\":\"1\",\"early_results\":\"0\"");
    }

    @Test
    void aMaximumIsOneNumberOfThePeriod() throws SQLException {
        rig.subscribe("peaks");
        used("peak", "12");
        rig.total("peak", LATER, "9");
        told();

        Preview preview = preview();

        assertThat(preview.agrees()).as(PreviewText.print(preview)).isTrue();
        assertThat(row(preview, "peak_pro").theirs().quantity()).isEqualByComparingTo("12");
    }

    @Test
    void customersWithoutOneLiveSubscriptionAreNamed() throws SQLException {
        assertMistake("nobody", "nobody is mapped as nobody");
        assertMistake("acme", "acme has no live subscription");
        rig.subscribe("pro");
        rig.subscribe("peak");
        assertMistake("acme", "acme has several live subscriptions");
    }

    private void assertMistake(String customer, String problem) {
        assertThatThrownBy(() -> preview(rig.catalog, customer))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(problem)
                .satisfies(error -> assertThat(((UserError) error).remedy()).isNotEmpty());
    }

    private void used(String metric, String quantity) throws SQLException {
        rig.total(metric, HOUR, quantity);
    }

    private void told() throws SQLException {
        if (rig.now().isBefore(LATER)) {
            rig.now(LATER.plus(Duration.ofHours(2)));
            rig.watermark(LATER.plus(Duration.ofHours(1)));
        }
        assertThat(rig.sync().left()).isZero();
    }

    private void changedTo(String plan, String at) throws SQLException {
        rig.now(Instant.parse(at));
        rig.watermark(Instant.parse(at));
        rig.planChange().run("acme", plan, false);
    }

    private Preview preview() throws SQLException {
        return preview(rig.catalog);
    }

    private Preview preview(Catalog catalog) throws SQLException {
        return preview(catalog, "acme");
    }

    private Preview preview(Catalog catalog, String customer) throws SQLException {
        return new InvoicePreview(rig.database, rig.stripe, rig.mirror, catalog, rig.meters(), true).of(customer);
    }

    private static Comparison row(Preview preview, String price) {
        return preview.comparisons().stream()
                .filter(comparison -> comparison.price().equals(price))
                .findFirst()
                .orElseThrow();
    }

    private String subscription() {
        return rig.stripe.subscriptions(rig.payer).get(0).id();
    }

    private String itemId(String lookupKey) {
        return rig.stripe.subscriptions(rig.payer).get(0).items().stream()
                .filter(item -> item.lookupKey().equals(lookupKey))
                .findFirst()
                .orElseThrow()
                .id();
    }

    private String priceId(String lookupKey) {
        return rig.stripe.pricesByLookupKey(Set.of(lookupKey)).stream()
                .map(StripePrice::id)
                .findFirst()
                .orElseThrow();
    }

    private Catalog without(String lookupKey) {
        return new Catalog(
                rig.catalog.name(),
                rig.catalog.products(),
                rig.catalog.prices().stream()
                        .filter(price -> !price.lookupKey().equals(lookupKey))
                        .toList(),
                List.of());
    }

    private Catalog with(String lookupKey, String unitAmount) {
        CatalogPrice old = rig.catalog.price(lookupKey).orElseThrow();
        List<CatalogPrice> prices = new ArrayList<>(without(lookupKey).prices());
        prices.add(new CatalogPrice(
                old.lookupKey(),
                old.product(),
                old.currency(),
                old.interval(),
                old.intervalCount(),
                old.metered(),
                new PerUnit(new BigDecimal(unitAmount)),
                old.nickname(),
                old.taxBehavior(),
                old.stripeId()));
        return new Catalog(rig.catalog.name(), rig.catalog.products(), prices, List.of());
    }
}
