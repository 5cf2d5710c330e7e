package io.tallymark.close;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeInvoice;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each reason why an invoice must not be finalized yet: it is held, said and, once mended, let go. */
class NoGoTest {
    private static final Instant HOUR = Instant.parse("2026-10-25T13:00:00Z");
    private static final Instant RENEWAL = CloseRig.BOUNDARY.plusSeconds(150);

    private CloseRig rig;

    @BeforeEach
    void open() throws SQLException {
        rig = new CloseRig();
        rig.subscribe("pro");
        rig.total("bytes", HOUR, "7");
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void hoursThatMeteringHasNotClosed() throws SQLException {
        renew();
        rig.watermark(CloseRig.BOUNDARY.minusSeconds(1));

        assertHeld(Reason.Kind.HOURS_OPEN, "");

        rig.watermark(CloseRig.BOUNDARY);
        assertClosed();
    }

    @Test
    void hourWithAnEarlyResultOnly() throws SQLException {
        rig.total("acme", "requests", HOUR, "9", false);
        renew();

        assertHeld(Reason.Kind.HOURS_OPEN, "");

        rig.total("requests", HOUR, "10");
        rig.sync();
        assertClosed();
    }

    @Test
    void usageThatIsNotToldYet() throws SQLException {
        renew();
        rig.total("bytes", HOUR, "8");

        assertHeld(Reason.Kind.UNREPORTED, "bytes");

        rig.sync();
        assertClosed();
    }

    @Test
    void customerThatNobodyMapped() throws SQLException {
        renew();
        rig.books.execute("DELETE FROM billing_customer");

        assertThat(rig.closing().closeAll(null, null, null, (done, all) -> {}))
                .singleElement()
                .returns(Closed.Decision.HELD, Closed::decision)
                .satisfies(held ->
                        assertThat(held.reasons()).extracting(Reason::kind).containsExactly(Reason.Kind.UNMAPPED));
    }

    @Test
    void totalThatStripeRefuses() throws SQLException {
        rig.total("bytes", HOUR, "1234567890.1234567");
        renew();

        assertHeld(Reason.Kind.REJECTED, "bytes");

        rig.total("bytes", HOUR, "8");
        rig.sync();
        assertClosed();
    }

    @Test
    void reportThatNobodyCanTellAbout() throws SQLException {
        renew();
        rig.books.execute("UPDATE stripe_report SET state = 'ambiguous', resolved_at = NULL");

        assertHeld(Reason.Kind.AMBIGUOUS, "bytes");
    }

    @Test
    void summariesThatAreBehind() throws SQLException {
        rig.simulator.summaryLag(Duration.ofHours(2));
        rig.now(RENEWAL);
        rig.watermark(CloseRig.BOUNDARY);
        rig.report();

        assertHeld(Reason.Kind.UNCONFIRMED, "bytes");

        rig.simulator.summaryLag(Duration.ZERO);
        assertClosed();
    }

    @Test
    void stripeThatHoldsWhatWeNeverSaid() throws SQLException {
        renew();
        rig.sender.send(new UsageReport("foreign", ReportMode.DELTA, "api_bytes", rig.payer, BigDecimal.TEN, HOUR));
        rig.now(RENEWAL.plusSeconds(120));

        assertHeld(Reason.Kind.DIFFERENT, "bytes");
        assertThat(rig.books.rows("SELECT reasons -> 0 ->> 'reason' FROM billing_close"))
                .containsExactly("different");
    }

    @Test
    void lineThatIsNotWhatTheTableSays() throws SQLException {
        // Somebody changes the price in Stripe's dashboard, and usage of an hour before it comes afterwards.
        rig.now(HOUR.plus(Duration.ofHours(3)));
        StripeSubscription subscription = rig.stripe.subscriptions(rig.payer).get(0);
        StripeSubscriptionItem bytes = subscription.items().stream()
                .filter(item -> item.lookupKey().equals("bytes_pro"))
                .findFirst()
                .orElseThrow();
        String other =
                rig.stripe.pricesByLookupKey(List.of("requests_max")).get(0).id();
        rig.stripe.changeItems(
                subscription.id(), List.of(StripeBilling.ItemChange.replace(bytes.id(), other)), Map.of(), "by hand");
        renew();

        assertHeld(Reason.Kind.LINE_DIFFERS, "bytes");
    }

    @Test
    void usageThatNothingBills() throws SQLException {
        rig.total("peak", HOUR, "3");
        renew();

        assertHeld(Reason.Kind.UNSOLD, "peak");
    }

    @Test
    void usageAfterTheItemThatBilledItWasRemoved() throws SQLException {
        removeBytes();
        rig.total("bytes", HOUR.plus(Duration.ofDays(1)), "200");
        rig.total("bytes", HOUR.plus(Duration.ofHours(30)), "90");
        renew();

        assertHeld(Reason.Kind.UNSOLD, "bytes");
        assertThat(rig.books.rows("SELECT reasons -> 0 ->> 'detail', jsonb_array_length(reasons) FROM billing_close"))
                .containsExactly("290 count for hours from 2026-10-26T13:00:00Z to 2026-10-26T20:00:00Z, in which no"
                        + " item of the customer's subscriptions bills it, 1");
    }

    @Test
    void whatNoLineBillsIsOnTheSheetAllTheSame() throws SQLException {
        removeBytes();
        renew();
        assertThat(rig.closeInvoice()).returns(Closed.Decision.CLOSED, Closed::decision);
        rig.total("bytes", Instant.parse("2026-11-05T08:00:00Z"), "30");
        rig.now(Instant.parse("2026-12-01T00:02:30Z"));
        rig.watermark(Instant.parse("2026-12-01T00:00:00Z"));
        rig.sync();

        assertThat(rig.closeInvoice()).returns(Closed.Decision.HELD, Closed::decision);
        assertThat(rig.sheet("bytes")).contains("table 30 ledger 30 stripe 30 carried 0 unsold 30 invoice 0 agrees");
    }

    @Test
    void usageBetweenTheRemovalOfAnItemAndTheNextOne() throws SQLException {
        removeBytes();
        rig.total("bytes", HOUR.plus(Duration.ofDays(1)), "290");
        rig.now(HOUR.plus(Duration.ofDays(2)).minusSeconds(300));
        rig.watermark(rig.now());
        rig.sync();
        String price = rig.stripe.pricesByLookupKey(List.of("bytes_pro")).get(0).id();
        String subscription = rig.stripe.subscriptions(rig.payer).get(0).id();
        rig.now(HOUR.plus(Duration.ofDays(2)));
        rig.stripe.changeItems(subscription, List.of(StripeBilling.ItemChange.add(price)), Map.of(), "by hand again");
        rig.mirror.refreshSubscription(subscription);
        rig.total("bytes", HOUR.plus(Duration.ofHours(50)), "11");
        renew();

        Closed held = rig.closeInvoice();
        assertThat(held.reasons()).as("%s", held).extracting(Reason::kind).containsExactly(Reason.Kind.UNSOLD);
        assertThat(rig.sheet("bytes"))
                .containsExactly("table 308 ledger 308 stripe 308 carried 0 unsold 290 invoice 18 agrees");
        assertThat(rig.closing().accept(draft().id())).returns(Closed.Decision.CLOSED, Closed::decision);
        assertThat(rig.billed()).contains("4: 7 × API (at €0.005 / month)", "6: 11 × API (at €0.005 / month)");
    }

    @Test
    void unsoldUsageIsNamedWithoutTheHourFromWhichAnItemCarriesItsOwn() throws SQLException {
        removeBytes();
        rig.total("bytes", HOUR.plus(Duration.ofDays(1)), "290");
        Instant joined = HOUR.plus(Duration.ofHours(25)).plusSeconds(1_200);
        rig.now(joined);
        rig.watermark(joined);
        rig.sync();
        rig.planChange().run("acme", "pro", false);
        rig.total("bytes", HOUR.plus(Duration.ofHours(25)), "11");
        renew();

        Closed held = rig.closeInvoice();

        assertThat(held.reasons())
                .as("%s", held)
                .extracting(Reason::detail)
                .containsExactly("290 count for hours from 2026-10-26T13:00:00Z to 2026-10-26T14:00:00Z, in which no"
                        + " item of the customer's subscriptions bills it");
    }

    private void removeBytes() throws SQLException {
        rig.now(HOUR.plus(Duration.ofHours(3)));
        rig.watermark(rig.now());
        rig.sync();
        StripeSubscription subscription = rig.stripe.subscriptions(rig.payer).get(0);
        String bytes = subscription.items().stream()
                .filter(item -> item.lookupKey().equals("bytes_pro"))
                .findFirst()
                .orElseThrow()
                .id();
        rig.stripe.changeItems(subscription.id(), List.of(StripeBilling.ItemChange.remove(bytes)), Map.of(), "by hand");
        rig.mirror.refreshSubscription(subscription.id());
    }

    @Test
    void metricThatTwoSubscriptionsBill() throws SQLException {
        String bytes = rig.stripe.pricesByLookupKey(List.of("bytes_pro")).get(0).id();
        rig.stripe.create(
                new StripeBilling.NewSubscription(
                        rig.payer, List.of(bytes), StripeBilling.Boundary.monthly(1, 0), rig.now(), Map.of()),
                "by hand");
        rig.mirror.refreshCustomer(rig.payer, note -> {});
        renew();

        assertThat(rig.closing().closeAll(null, null, null, (done, all) -> {}))
                .hasSize(2)
                .allSatisfy(held ->
                        assertThat(held.reasons()).extracting(Reason::kind).contains(Reason.Kind.SOLD_TWICE));
    }

    @Test
    void personMayAcceptWhatIsMissing() throws SQLException {
        rig.total("peak", HOUR, "3");
        renew();
        assertHeld(Reason.Kind.UNSOLD, "peak");

        assertThat(rig.closing().accept(draft().id())).returns(Closed.Decision.CLOSED, Closed::decision);
        assertThat(draft().isDraft()).isFalse();
        assertThat(rig.books.rows("SELECT state, closed_by, reasons -> 0 ->> 'reason' FROM billing_close"))
                .containsExactly("closed, finance, unsold");
    }

    @Test
    void lateUsageThatCannotBeCarriedWaitsForAPersonNotForASync() throws SQLException {
        rig.subscribe("peak");
        rig.total("peak", HOUR, "3");
        renew();
        String invoice = draftThatBills("peak_pro");
        rig.stripe.finalizeInvoice(invoice, "by hand");
        rig.total("peak", HOUR, "9");
        rig.sync();
        rig.closing().close(invoice);
        rig.total("peak", HOUR, "12");
        rig.report();

        assertThat(rig.closing().close(invoice).reasons())
                .singleElement()
                .returns(Reason.Kind.REVIEW, Reason::kind)
                .returns("peak", Reason::metric);

        assertThat(rig.closing().accept(invoice)).returns(Closed.Decision.CLOSED, Closed::decision);
    }

    private String draftThatBills(String price) {
        String subscription = rig.stripe.subscriptions(rig.payer).stream()
                .filter(live ->
                        live.items().stream().anyMatch(item -> item.lookupKey().equals(price)))
                .findFirst()
                .orElseThrow()
                .id();
        return rig.stripe.invoices(rig.payer, null, null).stream()
                .filter(invoice -> invoice.subscriptionId().equals(subscription) && invoice.isDraft())
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void draftThatSomebodyElseKeepsIsTheirsToLetGo() throws SQLException {
        renew();
        rig.stripe.setAutoAdvance(draft().id(), false, "by hand");

        assertThat(rig.closeInvoice()).returns(Closed.Decision.READY, Closed::decision);
        assertThat(draft().isDraft()).isTrue();
    }

    @Test
    void invoiceThatBillsNoUsageIsLeftAlone() throws SQLException {
        String first = rig.stripe.invoices(rig.payer, null, null).get(0).id();

        assertThat(rig.closing().close(first)).returns(Closed.Decision.NOT_OURS, Closed::decision);
        assertThat(rig.books.rows("SELECT * FROM billing_close")).isEmpty();
    }

    private void renew() throws SQLException {
        rig.now(RENEWAL);
        rig.watermark(CloseRig.BOUNDARY);
        rig.sync();
    }

    private void assertHeld(Reason.Kind kind, String metric) throws SQLException {
        Closed held = rig.closeInvoice();

        assertThat(held.decision()).isEqualTo(Closed.Decision.HELD);
        assertThat(held.reasons()).anySatisfy(reason -> {
            assertThat(reason.kind()).isEqualTo(kind);
            assertThat(reason.metric()).isEqualTo(metric);
        });
        assertThat(draft()).returns(true, StripeInvoice::isDraft).returns(false, StripeInvoice::autoAdvance);
        assertThat(rig.books.rows("SELECT state, held_since IS NOT NULL, alarmed_at FROM billing_close"))
                .containsExactly("open, t, null");
    }

    private void assertClosed() throws SQLException {
        assertThat(rig.closeInvoice()).returns(Closed.Decision.CLOSED, Closed::decision);
        assertThat(draft().isDraft()).isFalse();
        assertThat(rig.books.rows("SELECT state, held_since, closed_by FROM billing_close"))
                .containsExactly("closed, null, finance");
    }

    private StripeInvoice draft() {
        return rig.stripe.invoices(rig.payer, null, null).stream()
                .filter(invoice -> invoice.billingReason().equals("subscription_cycle"))
                .findFirst()
                .orElseThrow();
    }
}
