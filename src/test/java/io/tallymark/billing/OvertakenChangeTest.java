package io.tallymark.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.billing.ChangeTable.Change;
import io.tallymark.billing.ChangeTable.Kind;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wishes that are not finished, of a subscription that somebody else has ended meanwhile. */
class OvertakenChangeTest {
    private BillingRig rig;
    private String first = "";

    @BeforeEach
    void open() throws SQLException {
        rig = new BillingRig();
        rig.customer("acme");
        first = rig.subscribe("acme", "pro");
        rig.now("2026-11-25T14:30:00Z");
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void changeOfPlanThatWasNotSealedYetIsOvertaken() throws Exception {
        rig.gate.failAfter(1);
        assertThatThrownBy(() -> rig.planChange().run("acme", "max", false)).hasMessage("cannot seal");
        assertThat(rig.rows("SELECT state FROM billing_change")).containsExactly("changed");
        String second = endAndSubscribeAnew();

        rig.planChange().run("acme", "max", false);

        assertThat(plan(second)).isEqualTo("max");
        assertThat(states()).containsExactly(first + ", overtaken", second + ", done");
        assertThat(rig.said).anyMatch(line -> line.startsWith("overtaken, for its subscription has ended: change now"));
    }

    @Test
    void scheduledChangeIsOvertaken() throws Exception {
        ChangeTable changes = rig.parts().changes();
        Change change = changes.ask(Kind.CHANGE_AT_PERIOD_END, "acme", first, "max", Set.of(), Set.of(), null);
        changes.changed(change, rig.now());
        String second = endAndSubscribeAnew();

        rig.planSchedule().run("acme", "max", false);

        assertThat(states()).containsExactly(first + ", overtaken", second + ", done");
    }

    @Test
    void cancellationIsSettledAndTheNextWishGoesOn() throws Exception {
        unfinishedCancellation();
        String second = endAndSubscribeAnew();

        rig.cancellation().now("acme");

        assertThat(rig.stripe.subscription(second).orElseThrow().isLive()).isFalse();
        assertThat(states()).containsExactly(first + ", done", second + ", done");
        assertThat(rig.gate.seals)
                .first()
                .asString()
                .isEqualTo("acme [bytes, requests] at 2026-11-25T14:50:00Z carried to nothing");
    }

    @Test
    void hourThatTheNextSubscriptionBillsIsNotWrittenOffWithTheFirst() throws Exception {
        unfinishedCancellation();
        rig.now("2026-11-25T14:50:00Z");
        rig.stripe.cancel(first, true, true, "by hand");
        rig.now("2026-11-25T14:55:00Z");
        String second = rig.subscribe("acme", "pro");
        assertThat(rig.stripe.subscription(second).map(StripeSubscription::startedAt))
                .contains(Instant.parse("2026-11-25T14:00:00Z"));
        rig.now("2026-11-25T16:10:00Z");

        rig.planChange().run("acme", "max", false);

        assertThat(rig.gate.seals)
                .first()
                .asString()
                .isEqualTo("acme [bytes, requests] at 2026-11-25T14:00:00Z carried to nothing");
    }

    @Test
    void hoursThatAnUnfinishedCancellationHoldsAreNotSoldAgain() throws Exception {
        rig.stripe.cancel(first, true, true, "by hand");
        rig.books.execute("INSERT INTO billing_seal (customer_id, metric, sealed_before, late, carry_to, cause)"
                + " VALUES ('acme', 'requests', report_now(), 'hold', '2026-11-25T15:00:00Z', 'canceled')");

        assertThatThrownBy(() -> rig.subscribe("acme", "pro"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("in the running hour was settled with an earlier subscription");
    }

    /** Cut off while it waits for the end of the hour. */
    private void unfinishedCancellation() throws SQLException {
        rig.parts()
                .changes()
                .ask(
                        Kind.CANCEL_AT_HOUR_END,
                        "acme",
                        first,
                        "",
                        Set.of("bytes", "requests"),
                        Set.of(),
                        Instant.parse("2026-11-25T15:00:00Z"));
    }

    private String endAndSubscribeAnew() throws SQLException {
        rig.now("2026-11-25T14:50:00Z");
        rig.stripe.cancel(first, true, true, "by hand");
        rig.now("2026-11-26T09:10:00Z");
        return rig.subscribe("acme", "pro");
    }

    private String plan(String subscription) {
        return rig.stripe.subscription(subscription).orElseThrow().mark(SubscriptionMarks.PLAN);
    }

    private List<String> states() throws SQLException {
        return rig.rows("SELECT subscription_id, state FROM billing_change ORDER BY change_id");
    }
}
