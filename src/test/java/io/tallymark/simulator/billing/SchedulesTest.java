package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.simulator.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulesTest {
    private static final String NOVEMBER = BillingRig.seconds("2026-11-01T00:00:00Z");
    private static final String DECEMBER = BillingRig.seconds("2026-12-01T00:00:00Z");

    private BillingRig rig;
    private String oldFee;
    private String oldUsage;
    private String newFee;
    private String newUsage;
    private String subscription;
    private String schedule;

    @BeforeEach
    void open() {
        rig = new BillingRig("2026-11-01T00:00:00Z");
        oldFee = rig.licensed("3000");
        oldUsage = rig.metered("1");
        newFee = rig.licensed("9000");
        newUsage = rig.metered("2");
        subscription = rig.subscribe(
                        "items[0][price]", oldFee, "items[1][price]", oldUsage, "billing_mode[type]", "flexible")
                .text("id");
        schedule = rig.caller
                .post("/v1/subscription_schedules", "from_subscription", subscription)
                .text("id");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aScheduleBeginsWithWhatTheSubscriptionHas() {
        Caller.Reply created = rig.caller.get("/v1/subscription_schedules/" + schedule);

        assertThat(created.text("status")).isEqualTo("active");
        assertThat(created.text("subscription")).isEqualTo(subscription);
        assertThat(created.text("end_behavior")).isEqualTo("release");
        assertThat(created.body().path("current_phase").path("end_date").asText())
                .isEqualTo(DECEMBER);
        assertThat(created.body().path("phases").path(0).path("items")).hasSize(2);
        assertThat(rig.subscription(subscription).text("schedule")).isEqualTo(schedule);
        assertThat(rig.caller
                        .post("/v1/subscription_schedules", "from_subscription", subscription)
                        .error("param"))
                .isEqualTo("from_subscription");
        assertThat(rig.update(subscription, "cancel_at_period_end", "true").error("message"))
                .contains("managed by the subscription schedule");
    }

    @Test
    void aPhaseAtThePeriodsEndBillsUsageAtTheOldPriceAndTheFeeAtTheNewOne() {
        plan("none", DECEMBER);
        rig.use("2026-11-15T00:00:00Z", 40);
        rig.clock("2026-12-01T00:00:00Z");
        rig.use("2026-11-30T00:00:00Z", 2);

        JsonNode draft = rig.lastInvoice();
        assertThat(BillingRig.lines(draft))
                .containsExactly("42: 42 × API (at €0.01 / month)", "9000: 1 × API (at €90.00 / month)");
        rig.use("2026-12-05T00:00:00Z", 10);
        rig.clock("2027-01-01T00:00:00Z");
        assertThat(BillingRig.lines(rig.lastInvoice()))
                .containsExactly("20: 10 × API (at €0.02 / month)", "9000: 1 × API (at €90.00 / month)");
    }

    @Test
    void aPreviewForeseesThePhase() {
        plan("none", DECEMBER);
        rig.use("2026-11-15T00:00:00Z", 40);
        JsonNode preview = rig.caller
                .post("/v1/invoices/create_preview", "subscription", subscription)
                .body();

        assertThat(BillingRig.lines(preview))
                .containsExactly("40: 40 × API (at €0.01 / month)", "9000: 1 × API (at €90.00 / month)");
        rig.clock("2026-12-01T00:00:00Z");
        assertThat(BillingRig.lines(rig.lastInvoice())).isEqualTo(BillingRig.lines(preview));
    }

    @Test
    void theLastPhaseReleasesTheSubscription() {
        plan("none", DECEMBER, "phases[1][metadata][plan]", "pro");
        rig.clock("2026-12-02T00:00:00Z");
        Caller.Reply during = rig.subscription(subscription);
        assertThat(during.text("schedule")).isEqualTo(schedule);
        assertThat(during.body().path("metadata").path("plan").asText()).isEqualTo("pro");
        rig.clock("2027-01-01T00:00:00Z");

        Caller.Reply released = rig.caller.get("/v1/subscription_schedules/" + schedule);
        assertThat(released.text("status")).isEqualTo("released");
        assertThat(released.text("released_subscription")).isEqualTo(subscription);
        assertThat(rig.subscription(subscription).body().path("schedule").isNull())
                .isTrue();
        assertThat(rig.subscription(subscription).text("status")).isEqualTo("active");
    }

    @Test
    void theLastPhaseCanEndTheSubscriptionWithItsUsage() {
        plan("none", DECEMBER, "end_behavior", "cancel");
        rig.use("2026-12-05T00:00:00Z", 10);
        rig.clock("2027-01-01T00:00:00Z");

        assertThat(rig.subscription(subscription).text("status")).isEqualTo("canceled");
        assertThat(rig.caller.get("/v1/subscription_schedules/" + schedule).text("status"))
                .isEqualTo("completed");
        assertThat(BillingRig.lines(rig.lastInvoice())).containsExactly("20: 10 × API (at €0.02 / month)");
    }

    @Test
    void aPhaseWithinAPeriodProrates() {
        plan("create_prorations", BillingRig.seconds("2026-11-16T00:00:00Z"));
        rig.use("2026-11-10T00:00:00Z", 40);
        rig.use("2026-11-20T00:00:00Z", 5);
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(BillingRig.lines(rig.lastInvoice()))
                .containsExactly(
                        "-1500: Unused time on API after 16 Nov 2026",
                        "40: 40 × API (at €0.01 / month)",
                        "4500: Remaining time on API after 16 Nov 2026",
                        "10: 5 × API (at €0.02 / month)",
                        "9000: 1 × API (at €90.00 / month)");
    }

    @Test
    void aPriceThatWasArchivedAfterItWasPlannedStillComes() {
        plan("none", DECEMBER);
        rig.caller.post("/v1/prices/" + newFee, "active", "false");
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(BillingRig.lines(rig.lastInvoice())).contains("9000: 1 × API (at €90.00 / month)");
    }

    @Test
    void releasingForgetsThePlan() {
        plan("none", DECEMBER, "end_behavior", "cancel");
        rig.caller.post("/v1/subscription_schedules/" + schedule + "/release");
        rig.clock("2027-02-01T00:00:00Z");

        assertThat(rig.subscription(subscription).text("status")).isEqualTo("active");
        assertThat(rig.item(subscription, 0)).isNotEmpty();
        assertThat(BillingRig.lines(rig.lastInvoice())).contains("3000: 1 × API (at €30.00 / month)");
        assertThat(rig.caller
                        .post("/v1/subscription_schedules/" + schedule + "/release")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void cancelingEndsTheSubscriptionWithAnInvoice() {
        rig.use("2026-11-16T00:00:00Z", 40);
        Caller.Reply canceled = rig.caller.post("/v1/subscription_schedules/" + schedule + "/cancel");

        assertThat(canceled.text("status")).isEqualTo("canceled");
        assertThat(rig.subscription(subscription).text("status")).isEqualTo("canceled");
        assertThat(BillingRig.lines(rig.lastInvoice())).contains("-1500: Unused time on API after 16 Nov 2026");
    }

    @Test
    void phasesMustFollowEachOther() {
        String path = "/v1/subscription_schedules/" + schedule;
        assertThat(rig.caller
                        .post(path, "phases[0][items][0][price]", oldFee, "phases[0][end_date]", DECEMBER)
                        .error("param"))
                .isEqualTo("phases[0][start_date]");
        assertThat(rig.caller
                        .post(path, "phases[0][start_date]", DECEMBER, "phases[0][items][0][price]", oldFee)
                        .error("param"))
                .isEqualTo("phases[0][start_date]");
        assertThat(plan("none", DECEMBER, "phases[1][start_date]", NOVEMBER).error("param"))
                .isEqualTo("phases[1][start_date]");
        assertThat(plan("none", DECEMBER, "phases[1][colour]", "red").error("param"))
                .isEqualTo("phases[1][colour]");
    }

    /** The old plan until an instant, then the new one for a month. */
    private Caller.Reply plan(String behavior, String until, String... more) {
        String[] form = {
            "phases[0][start_date]", NOVEMBER,
            "phases[0][end_date]", until,
            "phases[0][items][0][price]", oldFee,
            "phases[0][items][1][price]", oldUsage,
            "phases[1][items][0][price]", newFee,
            "phases[1][items][1][price]", newUsage,
            "phases[1][proration_behavior]", behavior
        };
        return rig.caller.post("/v1/subscription_schedules/" + schedule, BillingRig.with(form, more));
    }
}
