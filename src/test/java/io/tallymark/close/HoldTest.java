package io.tallymark.close;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tallymark.stripe.StripeInvoice;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a draft is held, by what, and what becomes of usage that its invoice lacks in the end. */
class HoldTest {
    private static final Instant HOUR = Instant.parse("2026-10-25T13:00:00Z");
    private static final Instant RENEWAL = CloseRig.BOUNDARY.plusSeconds(150);

    @Test
    void nothingIsHeldBeyondItsDeadlineWithoutAnAlarm() throws SQLException {
        try (CloseRig rig = rig("deadline: 6h")) {
            assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.HELD);

            rig.now(CloseRig.BOUNDARY.plus(Duration.ofHours(6)));

            assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.OVERDUE);
            assertThat(invoice(rig).isDraft()).as("still held").isTrue();
            assertThat(rig.books.rows("SELECT alarmed_at FROM billing_close WHERE alarmed_at IS NOT NULL"))
                    .hasSize(1);
        }
    }

    @Test
    void atTheDeadlineItMayBeFinalizedAndTheRestIsBilledLater() throws SQLException {
        try (CloseRig rig = rig("deadline: 6h, at-deadline: finalize")) {
            rig.closeInvoice();
            rig.now(CloseRig.BOUNDARY.plus(Duration.ofHours(6)));

            assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.OVERDUE);
            assertThat(invoice(rig).isDraft()).isFalse();

            assertTheRestIsOnTheNextInvoice(rig);
        }
    }

    @Test
    void withHoldOffStripeFinalizesAndTheRestIsBilledLater() throws SQLException {
        try (CloseRig rig = rig("hold: \"off\"")) {
            assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.NOT_HELD);
            assertThat(invoice(rig).autoAdvance()).isTrue();

            rig.now(CloseRig.BOUNDARY.plus(Duration.ofHours(2)));

            assertThat(invoice(rig).isDraft()).isFalse();
            assertTheRestIsOnTheNextInvoice(rig);
        }
    }

    @Test
    void invoiceThatNobodySawAsADraftIsLookedAtAfterwards() throws SQLException {
        try (CloseRig rig = rig("")) {
            rig.now(CloseRig.BOUNDARY.plus(Duration.ofHours(2)));
            assertThat(invoice(rig).isDraft()).as("Stripe did not wait").isFalse();
            assertThat(rig.books.rows("SELECT status FROM billing_invoice WHERE billing_reason = 'subscription_cycle'"))
                    .as("the mirror has not seen it")
                    .isEmpty();
            rig.sync();

            assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.CLOSED);
            assertThat(rig.books.rows("SELECT amount, told FROM billing_carry")).containsExactly("100, t");
        }
    }

    @Test
    void withRespondTheDraftIsHeldForGoodAtTheDeadlineOnly() throws SQLException {
        try (CloseRig rig = rig("hold: respond, deadline: 40m")) {
            assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.HELD);
            assertThat(invoice(rig).autoAdvance()).isTrue();

            rig.now(CloseRig.BOUNDARY.plus(Duration.ofMinutes(45)));

            assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.OVERDUE);
            assertThat(invoice(rig).autoAdvance()).isFalse();
        }
    }

    @Test
    void lateUsageWaitsForAReviewIfTheSettingSaysSo() throws SQLException {
        try (CloseRig rig = rig("late-after-close: hold-for-review")) {
            rig.sync();
            rig.closeInvoice();
            rig.total("bytes", HOUR, "207");
            rig.report();

            assertThat(rig.books.rows("SELECT waiting_for FROM report_due"))
                    .containsExactly("review: it came after its hour was billed");
            assertThat(rig.sync().isComplete()).isFalse();
        }
    }

    /** An invoice that was held so long that Stripe takes nothing more about one of its hours. */
    @Test
    void usageThatStripeTakesNoLongerIsOnTheNextInvoice() throws SQLException {
        try (CloseRig rig = rig("")) {
            rig.closeInvoice();
            rig.now(HOUR.plus(Duration.ofDays(36)));
            rig.report();
            assertThat(rig.books.rows("SELECT state, amount FROM stripe_report WHERE state = 'expired'"))
                    .containsExactly("expired, 100");
            rig.sync();

            Closed closed = rig.closing().close(invoice(rig).id());
            assertThat(closed.decision()).isEqualTo(Closed.Decision.CLOSED);
            assertThat(closed.reasons())
                    .extracting(Reason::kind, Reason::metric)
                    .containsExactly(tuple(Reason.Kind.CARRIED, "bytes"));
            assertThat(rig.books.rows("SELECT reasons -> 0 ->> 'reason' FROM billing_close"))
                    .containsExactly("carried");
            assertThat(rig.books.rows(
                            "SELECT coalesce(sum(balance), 0) FROM ledger_balance WHERE account = 'unreportable'"))
                    .containsExactly("0");
            rig.sync();
            rig.now(Instant.parse("2026-12-01T00:05:00Z"));
            rig.watermark(Instant.parse("2026-12-01T00:00:00Z"));
            rig.sync();

            assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.CLOSED);
            assertThat(rig.billed()).contains("4: 7 × API (at €0.005 / month)", "50: 100 × API (at €0.005 / month)");
        }
    }

    @Test
    void usageThatStripeTakesNoLongerHoldsItsInvoiceIfLateUsageIsForReview() throws SQLException {
        try (CloseRig rig = rig("late-after-close: hold-for-review")) {
            rig.closeInvoice();
            rig.now(HOUR.plus(Duration.ofDays(36)));
            rig.report();
            rig.sync();

            assertThat(rig.closing().close(invoice(rig).id()).reasons()).anySatisfy(reason -> {
                assertThat(reason.kind()).isEqualTo(Reason.Kind.UNREPORTED);
                assertThat(reason.detail()).contains("close --accept");
            });
            assertThat(rig.books.rows("SELECT * FROM billing_carry")).isEmpty();
        }
    }

    @Test
    void unsoldUsageHoldsNothingIfTheSettingSaysSo() throws SQLException {
        try (CloseRig rig = rig("unsold-usage: allow")) {
            rig.total("peak", HOUR, "3");
            rig.sync();

            assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.CLOSED);
        }
    }

    /** 7 bytes that were told, and 100 that were not when the invoice became final. */
    private static CloseRig rig(String close) throws SQLException {
        CloseRig rig = new CloseRig(close);
        rig.subscribe("pro");
        rig.total("bytes", HOUR, "7");
        rig.now(RENEWAL);
        rig.watermark(CloseRig.BOUNDARY);
        rig.sync();
        rig.total("bytes", HOUR, "107");
        return rig;
    }

    private static void assertTheRestIsOnTheNextInvoice(CloseRig rig) throws SQLException {
        rig.sync();
        Closed afterwards = rig.closing().close(invoice(rig).id());
        assertThat(afterwards.decision()).isEqualTo(Closed.Decision.CLOSED);
        assertThat(rig.books.rows("SELECT amount, told, to_hour = ? FROM billing_carry", CloseRig.BOUNDARY))
                .containsExactly("100, t, t");
        assertThat(rig.sync().isComplete()).isTrue();
        assertThat(rig.closing().close(invoice(rig).id()).decision()).isEqualTo(Closed.Decision.WAS_CLOSED);

        rig.now(Instant.parse("2026-12-01T00:05:00Z"));
        rig.watermark(Instant.parse("2026-12-01T00:00:00Z"));
        List<Closed> next = rig.closing().closeAll("acme", null, null, (done, all) -> {});

        assertThat(next).extracting(Closed::decision).containsExactly(Closed.Decision.CLOSED);
        assertThat(rig.billed()).contains("4: 7 × API (at €0.005 / month)", "50: 100 × API (at €0.005 / month)");
    }

    private static StripeInvoice invoice(CloseRig rig) {
        return rig.stripe.invoices(rig.payer, null, null).stream()
                .filter(invoice -> invoice.billingReason().equals("subscription_cycle"))
                .findFirst()
                .orElseThrow();
    }
}
