package io.tallymark.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.billing.ChangeTable.Change;
import io.tallymark.billing.ChangeTable.Kind;
import io.tallymark.simulator.call.Fault;
import io.tallymark.simulator.call.LoggedRequest;
import io.tallymark.stripe.StripeBilling.NewPhase;
import io.tallymark.stripe.StripeInvoice;
import io.tallymark.stripe.StripeInvoiceLine;
import io.tallymark.stripe.StripeSchedule;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another plan with the next period, on a simulated account. */
class PlanScheduleTest {
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final Instant END = Instant.parse("2026-12-01T00:00:00Z");

    private BillingRig rig;
    private String cus = "";
    private String sub = "";

    @BeforeEach
    void open() throws SQLException {
        rig = new BillingRig();
        cus = rig.customer("acme");
        sub = rig.subscribe("acme", "pro");
        rig.now("2026-11-25T14:30:00Z");
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void planChangesExactlyWithThePeriodAndWithoutProration() throws Exception {
        ChangeResult result = rig.planSchedule().run("acme", "max", false);

        assertThat(result.at()).isEqualTo(END);
        assertThat(lookupKeys()).contains("base_pro", "requests_pro", "bytes_pro");
        assertThat(rig.gate.calls).isEmpty();
        assertThat(rig.rows("SELECT schedule_id IS NOT NULL, plan FROM billing_subscription"))
                .containsExactly("t, pro");

        rig.now("2026-12-01T00:00:10Z");
        assertThat(lookupKeys()).containsExactlyInAnyOrder("base_max", "requests_max", "bytes_max");
        assertThat(now().mark("tallymark_plan")).isEqualTo("max");
        StripeInvoice renewal = rig.stripe.invoices(cus, "draft", null).get(0);
        assertThat(renewal.lines()).extracting(StripeInvoiceLine::proration).containsOnly(false);
        assertThat(renewal.lines())
                .filteredOn(line -> line.periodStart().equals(END))
                .extracting(StripeInvoiceLine::priceId)
                .containsExactly(rig.price("base_max"));
    }

    @Test
    void subscriptionIsLetGoAfterwards() throws Exception {
        rig.planSchedule().run("acme", "max", false);

        rig.now("2027-01-01T00:00:10Z");

        assertThat(now().scheduleId()).isEmpty();
        assertThat(lookupKeys()).containsExactlyInAnyOrder("base_max", "requests_max", "bytes_max");
    }

    @Test
    void askedAgainItChangesNothing() throws Exception {
        rig.planSchedule().run("acme", "max", false);
        int calls = rig.simulator.requests().size();

        ChangeResult again = rig.planSchedule().run("acme", "max", false);

        assertThat(again.outcome()).isEqualTo(ChangeResult.Outcome.UNCHANGED);
        assertThat(again.at()).isEqualTo(END);
        assertThat(rig.simulator
                        .requests()
                        .subList(calls, rig.simulator.requests().size()))
                .extracting(LoggedRequest::method)
                .containsOnly("GET");
    }

    @Test
    void anotherPlanTakesThePlaceOfTheOneThatWasScheduled() throws Exception {
        rig.planSchedule().run("acme", "max", false);
        rig.planSchedule().run("acme", "flex", false);

        rig.now("2026-12-01T00:00:10Z");

        assertThat(lookupKeys()).containsExactlyInAnyOrder("requests_pro", "bytes_pro");
    }

    @Test
    void scheduledChangeThatHasTakenEffectIsNotTakenBack() throws Exception {
        rig.subscribe("acme", "pro");
        rig.planSchedule().run("acme", "max", false);
        rig.now("2026-12-02T10:20:00Z");
        rig.simulator.settle();

        rig.planChange().run("acme", "flex", false);

        assertThat(rig.said).noneMatch(line -> line.startsWith("took back"));
    }

    @Test
    void changeAtOnceTakesTheScheduledOneBack() throws Exception {
        rig.planSchedule().run("acme", "flex", false);

        rig.planChange().run("acme", "max", false);
        rig.now("2026-12-01T00:00:10Z");

        assertThat(rig.said).contains("took back the change that was scheduled for the end of the period");
        assertThat(lookupKeys()).containsExactlyInAnyOrder("base_max", "requests_max", "bytes_max");
    }

    @Test
    void cancellationTakesTheScheduledChangeBack() throws Exception {
        rig.planSchedule().run("acme", "max", false);

        rig.cancellation().atPeriodEnd("acme");
        rig.now("2026-12-01T00:00:10Z");

        assertThat(now().isLive()).isFalse();
    }

    @Test
    void scheduleOfSomebodyElseIsLeftAlone() {
        rig.stripe.scheduleFrom(sub, "by hand");

        assertRefused("max", "is under a schedule that Tallymark did not make");
        assertThatThrownBy(() -> rig.cancellation().atHourEnd("acme"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("did not make");
        assertThat(rig.gate.calls).isEmpty();
    }

    @Test
    void scheduleThatSomebodyReleasedMeanwhileIsMadeAnew() throws Exception {
        Change change = wish();
        StripeSchedule cutOff = rig.stripe.scheduleFrom(sub, "tallymark-schedule-" + change.id());
        rig.stripe.releaseSchedule(cutOff.id(), "by hand");

        rig.planSchedule().run("acme", "max", false);

        assertThat(now().scheduleId()).isNotEmpty().isNotEqualTo(cutOff.id());
    }

    @Test
    void callThatFailedWithOtherPhasesDoesNotStandInTheWay() throws Exception {
        Change change = wish();
        String schedule = rig.stripe.scheduleFrom(sub, "by hand").id();
        NewPhase other = new NewPhase(Map.of(), START, END, "month", 1, Map.of());
        rig.simulator.faults().next(Fault.SERVER_ERROR_BEFORE);
        assertThatThrownBy(() -> rig.stripe.setPhases(
                        schedule,
                        List.of(other),
                        Map.of(),
                        "tallymark-phases-" + change.id() + "-" + END.getEpochSecond()))
                .isInstanceOf(UserError.class);

        rig.planSchedule().run("acme", "max", false);

        assertThat(rig.stripe.schedule(schedule).orElseThrow().phases()).hasSize(2);
    }

    private Change wish() throws SQLException {
        return rig.parts().changes().ask(Kind.CHANGE_AT_PERIOD_END, "acme", sub, "max", Set.of(), Set.of(), null);
    }

    @Test
    void dryRunChangesNothing() throws Exception {
        ChangeResult planned = rig.planSchedule().run("acme", "max", true);

        assertThat(planned.at()).isEqualTo(END);
        assertThat(planned.steps()).hasSize(3);
        assertThat(now().scheduleId()).isEmpty();
        assertThat(rig.rows("SELECT * FROM billing_change")).isEmpty();
    }

    @Test
    void subscriptionThatEndsFirstIsRefused() throws Exception {
        rig.cancellation().atPeriodEnd("acme");

        assertRefused("max", "ends 2026-12-01T00:00:00Z, before another plan could begin");
    }

    private void assertRefused(String plan, String problem) {
        assertThatThrownBy(() -> rig.planSchedule().run("acme", plan, false))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(problem);
    }

    private StripeSubscription now() {
        return rig.stripe.subscription(sub).orElseThrow();
    }

    private List<String> lookupKeys() {
        return now().items().stream().map(StripeSubscriptionItem::lookupKey).toList();
    }
}
