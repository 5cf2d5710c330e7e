package io.tallymark.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.simulator.call.Fault;
import io.tallymark.simulator.call.LoggedRequest;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The mirror of a simulated account. */
class MirrorTest {
    private final List<String> notes = new ArrayList<>();
    private BillingRig rig;

    @BeforeEach
    void open() throws SQLException {
        rig = new BillingRig();
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void wholeAccountIsReadWithCustomersThatNobodyMapped() throws Exception {
        rig.customer("acme");
        rig.customer("globex");
        rig.subscribe("acme", "pro");
        rig.subscribe("globex", "max");
        rig.books.execute("DELETE FROM billing_customer WHERE customer_id = 'globex'");
        emptyTheMirror();

        MirrorSummary summary = rig.mirror.sync(notes::add, read -> {});

        assertThat(summary.wholeAccount()).isTrue();
        assertThat(summary.subscriptions()).isEqualTo(2);
        assertThat(summary.invoices()).isEqualTo(2);
        assertThat(rig.rows("SELECT plan, status FROM billing_subscription ORDER BY plan"))
                .containsExactly("max, active", "pro, active");
        assertThat(rig.rows("SELECT synced_at = report_now() FROM billing_mirror"))
                .containsExactly("t");
    }

    @Test
    void renewalIsMirroredWithItsLinesAndMetrics() throws Exception {
        String cus = rig.customer("acme");
        rig.subscribe("acme", "pro");
        rig.now("2026-12-01T00:30:00Z");

        rig.mirror.refreshCustomer(cus, notes::add);

        assertThat(rig.rows(
                        "SELECT status, auto_advance, finalizes_at AT TIME ZONE 'UTC', period_end AT TIME ZONE 'UTC'"
                                + " FROM billing_invoice WHERE billing_reason = 'subscription_cycle'"))
                .containsExactly("draft, t, 2026-12-01 01:00:00, 2026-12-01 00:00:00");
        assertThat(rig.rows(
                        "SELECT metric, quantity, amount FROM billing_invoice_line JOIN billing_invoice USING (invoice_id)"
                                + " WHERE billing_reason = 'subscription_cycle' ORDER BY metric NULLS LAST"))
                .containsExactly("bytes, 0, 0", "requests, 0, 0", "null, 1, 4900");
        assertThat(rig.rows("SELECT DISTINCT period_start AT TIME ZONE 'UTC' FROM billing_subscription_item"))
                .containsExactly("2026-12-01 00:00:00");
    }

    @Test
    void readingTwiceChangesNothing() throws Exception {
        rig.customer("acme");
        rig.subscribe("acme", "pro");
        rig.mirror.sync(notes::add, read -> {});
        List<String> once = everything();
        notes.clear();

        rig.mirror.sync(notes::add, read -> {});

        assertThat(everything()).isEqualTo(once);
        assertThat(notes).isEmpty();
    }

    @Test
    void readingThatWasCutOffIsLedOnByTheNext() throws Exception {
        for (String customer : List.of("acme", "globex", "initech")) {
            rig.customer(customer);
            rig.subscribe(customer, "pro");
        }
        rig.mirror.sync(notes::add, read -> {});
        List<String> whole = everything();
        for (int call = 0; ; call++) {
            emptyTheMirror();
            List<Fault> script = new ArrayList<>(java.util.Collections.nCopies(call, Fault.NONE));
            script.add(Fault.RESET_MID_BODY);
            rig.simulator.faults().next(script.toArray(Fault[]::new));
            if (ends()) {
                break;
            }
            assertThat(ends()).isTrue();
            assertThat(everything()).isEqualTo(whole);
        }
    }

    @Test
    void accountOfManyStrangersIsReadCustomerByCustomer() throws Exception {
        rig.customer("acme");
        rig.subscribe("acme", "pro");
        emptyTheMirror();

        MirrorSummary summary =
                new MirrorSync(rig.database, rig.stripe, rig.mirror, true, notes::add, read -> {}).run(0);

        assertThat(summary.wholeAccount()).isFalse();
        assertThat(summary.subscriptions()).isEqualTo(1);
        assertThat(rig.rows("SELECT plan FROM billing_subscription")).containsExactly("pro");
    }

    @Test
    void customerThatStripeDoesNotKnowIsFlaggedAndTheOthersAreRead() throws Exception {
        rig.customer("acme");
        rig.subscribe("acme", "pro");
        rig.books.execute(
                "INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES ('ghost', 'cus_ghost')");
        emptyTheMirror();

        MirrorSummary summary =
                new MirrorSync(rig.database, rig.stripe, rig.mirror, true, notes::add, read -> {}).run(0);

        assertThat(summary.subscriptions()).isEqualTo(1);
        assertThat(summary.failed()).isLessThanOrEqualTo(1);
        assertThat(rig.rows("SELECT plan FROM billing_subscription")).containsExactly("pro");
    }

    @Test
    void draftThatStripeDoesNotHaveAnyMoreLeavesTheMirror() throws Exception {
        String cus = rig.customer("acme");
        rig.mirror.writeInvoices(
                List.of(StripeObjects.invoice("in_gone", cus, "draft", 1)), BillingRig.START.minusSeconds(1));

        rig.mirror.sync(notes::add, read -> {});

        assertThat(rig.rows("SELECT * FROM billing_invoice")).isEmpty();
    }

    @Test
    void customerThatNobodyMappedIsAMistake() {
        assertThatThrownBy(() -> rig.mirror.syncCustomer("nobody", notes::add))
                .isInstanceOf(UserError.class)
                .hasMessage("nobody is mapped as nobody");
    }

    @Test
    void syncOnlyReads() throws Exception {
        rig.customer("acme");
        rig.subscribe("acme", "pro");
        int before = rig.simulator.requests().size();

        rig.mirror.sync(notes::add, read -> {});

        assertThat(rig.simulator
                        .requests()
                        .subList(before, rig.simulator.requests().size()))
                .isNotEmpty()
                .extracting(LoggedRequest::method)
                .containsOnly("GET");
    }

    private boolean ends() throws SQLException {
        try {
            rig.mirror.sync(notes::add, read -> {});
            return true;
        } catch (UserError e) {
            return false;
        }
    }

    private void emptyTheMirror() throws SQLException {
        rig.books.execute("DELETE FROM billing_invoice");
        rig.books.execute("DELETE FROM billing_subscription");
    }

    private List<String> everything() throws SQLException {
        List<String> all = new ArrayList<>(rig.rows("SELECT * FROM billing_subscription ORDER BY 1"));
        all.addAll(rig.rows("SELECT * FROM billing_subscription_item ORDER BY 1"));
        all.addAll(rig.rows("SELECT * FROM billing_invoice ORDER BY 1"));
        all.addAll(rig.rows("SELECT * FROM billing_invoice_line ORDER BY 1, 2"));
        all.addAll(rig.rows("SELECT * FROM billing_customer ORDER BY 1"));
        return all;
    }
}
