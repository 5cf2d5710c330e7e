package io.tallymark.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.call.Fault;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every call of a command fails once, before or after it was carried out; the same command again leads to the same end. */
class SubscriptionCrashTest {
    private static final Instant LATER = Instant.parse("2026-11-25T14:10:00Z");

    @ParameterizedTest
    @EnumSource(names = {"SERVER_ERROR_BEFORE", "SERVER_ERROR_AFTER", "RESET_MID_BODY"})
    void commandThatEndedAtAnyCallIsLedOnByTheNext(Fault fault) throws Exception {
        int creating = crashEach(fault, rig -> {}, rig -> rig.subscribe("acme", "pro"));
        int changing = crashEach(
                fault,
                SubscriptionCrashTest::subscribed,
                rig -> rig.planChange().run("acme", "max", false));
        int atHourEnd = crashEach(
                fault,
                SubscriptionCrashTest::subscribed,
                rig -> rig.cancellation().atHourEnd("acme"));
        int dropping = crashEach(
                fault,
                SubscriptionCrashTest::subscribed,
                rig -> rig.planChange().atHourEnd("acme", "solo", false));
        int adding = crashEach(
                fault,
                rig -> {
                    rig.subscribe("acme", "solo");
                    rig.now(LATER);
                },
                rig -> rig.planChange().run("acme", "pro", false));
        int now = crashEach(
                fault,
                SubscriptionCrashTest::subscribed,
                rig -> rig.cancellation().now("acme"));
        int atPeriodEnd = crashEach(
                fault,
                SubscriptionCrashTest::subscribed,
                rig -> rig.cancellation().atPeriodEnd("acme"));
        int scheduling = crashEach(
                fault,
                SubscriptionCrashTest::subscribed,
                rig -> rig.planSchedule().run("acme", "max", false));
        System.out.println("billing: commands ended by " + fault + " at each of " + creating + " calls that subscribe, "
                + changing + " that change the plan, " + dropping + " that drop a metric, " + adding
                + " that add one, " + atHourEnd + " that cancel with the hour, " + now
                + " that cancel now, " + atPeriodEnd + " that cancel with the period, " + scheduling
                + " that schedule a plan");
    }

    @Test
    void commandThatEndedBeforeItSealedSealsTheHoursOfTheTrueChange() throws Exception {
        for (int seal = 1; seal <= 2; seal++) {
            try (BillingRig rig = new BillingRig()) {
                rig.customer("acme");
                subscribed(rig);
                rig.gate.failAfter(seal - 1);
                assertThat(ends(rig, r -> r.planChange().run("acme", "max", false)))
                        .isFalse();

                rig.now("2026-11-25T20:00:00Z");
                rig.planChange().run("acme", "max", false);

                String hour = seal == 1 ? "20" : "14";
                assertThat(rig.gate.seals)
                        .last()
                        .asString()
                        .startsWith("acme [bytes, requests] at 2026-11-25T" + hour)
                        .endsWith("carried to 2026-11-25T" + (Integer.parseInt(hour) + 1) + ":00:00Z");
                assertThat(rig.rows("SELECT state FROM billing_change")).containsExactly("done");
            }
        }
    }

    @Test
    void commandThatEndedBeforeItCarriedCarriesWhatTheTrueChangeEnded() throws Exception {
        try (BillingRig rig = new BillingRig()) {
            rig.customer("acme");
            subscribed(rig);
            rig.gate.failCarryAfter(0);
            assertThat(ends(rig, r -> r.planChange().run("acme", "max", false))).isFalse();

            rig.now("2026-11-25T20:00:00Z");
            rig.planChange().run("acme", "max", false);
            rig.planChange().run("acme", "pro", false);

            assertThat(rig.gate.calls)
                    .filteredOn(call -> call.startsWith("carry acme requests"))
                    .extracting(call -> call.replaceAll(":\\d\\d:\\d\\dZ", ""))
                    .containsExactly(
                            "carry acme requests from 2026-11-22T10 before 2026-11-25T14 to 2026-11-25T15",
                            "carry acme requests from 2026-11-25T14 before 2026-11-25T20 to 2026-11-25T21");
            assertThat(rig.rows("SELECT DISTINCT state FROM billing_change")).containsExactly("done");
        }
    }

    private static void subscribed(BillingRig rig) throws SQLException {
        rig.subscribe("acme", "pro");
        rig.now(LATER);
    }

    /** Crashes a command at each of its calls; how many there were. */
    private static int crashEach(Fault fault, Step before, Step command) throws SQLException {
        List<String> expected = state(before, command);
        for (int call = 0; ; call++) {
            try (BillingRig rig = new BillingRig()) {
                rig.customer("acme");
                before.run(rig);
                List<Fault> script = new ArrayList<>(Collections.nCopies(call, Fault.NONE));
                script.add(fault);
                rig.simulator.faults().next(script.toArray(Fault[]::new));
                boolean failed = !ends(rig, command);
                if (rig.simulator.faults().waiting() > 0) {
                    return call;
                }
                assertThat(failed).as("call %d with %s", call, fault).isTrue();
                command.run(rig);
                assertThat(state(rig)).as("call %d with %s", call, fault).isEqualTo(expected);
            }
        }
    }

    private static boolean ends(BillingRig rig, Step command) throws SQLException {
        try {
            command.run(rig);
            return true;
        } catch (UserError e) {
            return false;
        }
    }

    private static List<String> state(Step before, Step command) throws SQLException {
        try (BillingRig rig = new BillingRig()) {
            rig.customer("acme");
            before.run(rig);
            command.run(rig);
            return state(rig);
        }
    }

    /** What Stripe, the mirror and the seals say, without ids and minutes. */
    private static List<String> state(BillingRig rig) throws SQLException {
        List<String> state = new ArrayList<>();
        String cus = rig.rows("SELECT stripe_customer_id FROM billing_customer").get(0);
        for (StripeSubscription subscription : rig.stripe.subscriptions(cus)) {
            OwnSchedule.any(rig.stripe, subscription)
                    .ifPresent(schedule -> state.add("schedule: "
                            + schedule.metadata().get(SubscriptionMarks.PLAN) + " "
                            + schedule.phases().size()));
            state.add("Stripe: " + subscription.status() + " " + subscription.mark(SubscriptionMarks.PLAN) + " "
                    + subscription.cancellation().isPresent() + " "
                    + subscription.items().stream()
                            .map(StripeSubscriptionItem::lookupKey)
                            .toList());
        }
        rig.rows("SELECT status, plan, cancel_at IS NOT NULL FROM billing_subscription")
                .forEach(row -> state.add("mirror: " + row));
        rig.rows("SELECT lookup_key FROM billing_subscription_item WHERE removed_at IS NULL ORDER BY 1")
                .forEach(row -> state.add("mirror: " + row));
        rig.stripe
                .invoices(cus, null, null)
                .forEach(invoice -> state.add("invoice: " + invoice.billingReason() + " "
                        + invoice.lines().size()));
        rig.rows("SELECT kind, state FROM billing_change").forEach(row -> state.add("change: " + row));
        rig.gate.seals.stream()
                .map(seal -> seal.replaceAll(":\\d\\d:\\d\\dZ", ""))
                .distinct()
                .forEach(state::add);
        return state;
    }

    private interface Step {
        void run(BillingRig rig) throws SQLException;
    }
}
