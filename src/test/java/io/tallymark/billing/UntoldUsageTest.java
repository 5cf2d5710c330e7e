package io.tallymark.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes of a subscription whose usage Stripe does not have, though nothing waits to be told any more. */
class UntoldUsageTest {
    private static final Instant HOUR = Instant.parse("2026-11-24T09:00:00Z");

    private BillingRig rig;
    private String sub = "";

    @BeforeEach
    void open() throws SQLException {
        rig = new BillingRig();
        rig.customer("acme");
        sub = rig.subscribe("acme", "pro");
        rig.now("2026-11-25T14:30:00Z");
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void hourThatStripeRefusedForGoodIsNotSettledOver() throws Exception {
        refused();

        assertRefused(this::changePlan, "rejected requests: from 2026-11-24T09:00:00Z", "reconcile --repair");
        assertRefused(this::dryRun, "rejected requests: from 2026-11-24T09:00:00Z", "reconcile --repair");
        assertRefused(this::cancel, "rejected requests: from 2026-11-24T09:00:00Z", "--at period-end");
        assertThat(rig.gate.calls).isEmpty();
        assertThat(rig.said).isEmpty();
    }

    @Test
    void refusalThatIsMendedLetsTheChangeGoOn() throws Exception {
        refused();
        assertRefused(this::changePlan, "rejected requests", "reconcile --repair");

        rig.books.report("requests", "acme", HOUR, 2, "hourly-total", "300", "300", "confirmed");
        changePlan();

        assertThat(lookupKeys()).contains("base_max");
    }

    @Test
    void reportThatIsRefusedWhileAChangeSettlesIsSeenToo() throws Exception {
        rig.gate.whileSettling = this::refused;

        assertRefused(this::changePlan, "rejected requests", "reconcile --repair");

        assertThat(rig.gate.seals).isEmpty();
        assertThat(lookupKeys()).contains("base_pro");
    }

    @Test
    void reportThatIsRefusedWhileACancellationSettlesIsSeenToo() throws Exception {
        rig.gate.whileSettling = this::refused;

        assertRefused(this::cancel, "rejected requests", "reconcile --repair");

        assertThat(now().isLive()).isTrue();
        assertThat(rig.gate.calls).noneMatch(call -> call.startsWith("suspend"));
    }

    @Test
    void reportOfUnknownFateIsNotSettledOver() throws Exception {
        rig.books.total("bytes", "acme", HOUR, "300");
        rig.books.report("bytes", "acme", HOUR, 1, "delta", "300", "300", "ambiguous");

        assertRefused(
                this::changePlan,
                "ambiguous bytes: from 2026-11-24T09:00:00Z: tm-bytes-acme-",
                "--resolve IDENTIFIER --as accepted|lost");
    }

    @Test
    void windowInWhichStripeDiffersIsNotSettledOver() throws Exception {
        rig.books.execute("""
                INSERT INTO reconcile_finding (metric, customer_id, mode, event_name, stripe_customer_id, window_start, window_end,
                    kind, table_total, told, held, detail)
                VALUES ('requests', 'acme', 'delta', 'api_requests', 'cus_1', ?, ?, 'doubled', 5, 5.0, 10.0, '')
                """, HOUR, HOUR.plusSeconds(3600));

        assertRefused(
                this::cancel,
                "doubled requests: from 2026-11-24T09:00:00Z: told 5, Stripe holds 10",
                "takes the difference back");

        rig.books.execute("UPDATE reconcile_finding SET resolved_at = report_now()");
        cancel();
        assertThat(now().isLive()).isFalse();
    }

    @Test
    void whatIsNotOfTheChangeDoesNotHoldIt() throws Exception {
        Instant earlier = Instant.parse("2026-10-24T09:00:00Z");
        rig.books.total("requests", "acme", earlier, "300");
        rig.books.report("requests", "acme", earlier, 1, "hourly-total", "300", "300", "rejected");
        rig.books.total("peak", "acme", HOUR, "300");
        rig.books.report("peak", "acme", HOUR, 1, "period-total", "300", "300", "rejected");
        rig.books.total("requests", "globex", HOUR, "300");
        rig.books.report("requests", "globex", HOUR, 1, "hourly-total", "300", "300", "rejected");

        changePlan();

        assertThat(lookupKeys()).contains("base_max");
    }

    private void refused() throws SQLException {
        rig.books.total("requests", "acme", HOUR, "300");
        rig.books.report("requests", "acme", HOUR, 1, "hourly-total", "300", "300", "rejected");
    }

    private void changePlan() throws SQLException {
        rig.planChange().run("acme", "max", false);
    }

    private void dryRun() throws SQLException {
        rig.planChange().run("acme", "max", true);
    }

    private void cancel() throws SQLException {
        rig.now(rig.now().plusSeconds(180));
        rig.cancellation().now("acme");
    }

    private static void assertRefused(ThrowingCallable command, String problem, String remedy) {
        assertThatThrownBy(command)
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("Stripe does not have all usage of acme")
                .hasMessageContaining(problem)
                .satisfies(error -> assertThat(((UserError) error).remedy()).contains(remedy));
    }

    private StripeSubscription now() {
        return rig.stripe.subscription(sub).orElseThrow();
    }

    private List<String> lookupKeys() {
        return now().items().stream().map(StripeSubscriptionItem::lookupKey).toList();
    }
}
