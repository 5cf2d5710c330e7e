package io.tallymark.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.audit.MirrorCheck;
import io.tallymark.stripe.StripeInvoice;
import io.tallymark.stripe.StripeInvoiceLine;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions that somebody ended in Stripe's dashboard, on a simulated account. */
class UnbilledEndTest {
    private final List<String> notes = new ArrayList<>();
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
    void usageSinceTheLastInvoiceIsNamedBySyncAndDoctor() throws Exception {
        use("requests", "2026-11-24T09:00:00Z", "300");
        use("requests", "2026-11-25T13:00:00Z", "45");
        use("bytes", "2026-11-25T13:00:00Z", "17.50");
        rig.stripe.cancel(sub, false, false, "by hand");

        sync("2026-11-25T15:00:00Z");

        String lost = sub + " of acme ended 2026-11-25T14:30:00Z without an invoice of its usage since"
                + " 2026-11-22T10:00:00Z, which is billed nowhere: 17.5 of bytes, 345 of requests";
        assertThat(notes).containsExactly("flag     " + lost);
        assertThat(problems()).singleElement().satisfies(problem -> {
            assertThat(problem).hasMessage(lost);
            assertThat(problem.remedy()).contains("by hand", "docs/subscriptions.md");
        });
    }

    @Test
    void oneCustomersReadingNamesItToo() throws Exception {
        use("requests", "2026-11-24T09:00:00Z", "300");
        rig.stripe.cancel(sub, false, false, "by hand");
        rig.now("2026-11-25T15:00:00Z");

        rig.mirror.syncCustomer("acme", notes::add);

        assertThat(notes).singleElement().asString().contains("300 of requests");
    }

    @Test
    void usageThatTheLastInvoiceOfThePeriodBilledIsNotLost() throws Exception {
        use("requests", "2026-11-24T09:00:00Z", "300");
        rig.now("2026-12-01T00:30:00Z");
        use("requests", "2026-12-01T00:00:00Z", "7");
        rig.stripe.cancel(sub, false, false, "by hand");

        sync("2026-12-01T01:00:00Z");

        assertThat(notes)
                .singleElement()
                .asString()
                .endsWith("since 2026-12-01T00:00:00Z, which is billed nowhere: 7 of requests");
    }

    @Test
    void endWithAnInvoiceIsInOrder() throws Exception {
        use("requests", "2026-11-24T09:00:00Z", "300");
        rig.stripe.cancel(sub, true, true, "by hand");

        sync("2026-11-25T15:00:00Z");

        assertInOrder();
    }

    @Test
    void endWithoutUsageIsInOrder() throws Exception {
        use("requests", "2026-11-22T09:00:00Z", "300");
        rig.stripe.cancel(sub, false, false, "by hand");

        sync("2026-11-25T15:00:00Z");

        assertInOrder();
    }

    @Test
    void hourThatOurOwnCancellationNeverBillsIsNotNamed() throws Exception {
        rig.cancellation().now("acme");
        use("requests", "2026-11-25T14:00:00Z", "300");

        sync("2026-11-25T15:00:00Z");

        assertInOrder();
    }

    @Test
    void usageThatAnotherSubscriptionBillsIsNotLost() throws Exception {
        use("requests", "2026-11-25T14:00:00Z", "300");
        rig.stripe.cancel(sub, false, false, "by hand");
        rig.subscribe("acme", "max");

        sync("2026-11-25T15:00:00Z");

        assertInOrder();
    }

    @Test
    void lineThatAPersonMadeForTheStretchSettlesIt() throws Exception {
        use("requests", "2026-11-24T09:00:00Z", "300");
        rig.stripe.cancel(sub, false, false, "by hand");
        sync("2026-11-25T15:00:00Z");

        rig.mirror.writeInvoices(List.of(byHand("2026-11-25T16:00:00Z", "2026-11-25T16:00:00Z")), rig.now());
        assertThat(problems()).hasSize(1);
        rig.mirror.writeInvoices(List.of(byHand("2026-11-22T00:00:00Z", "2026-11-25T00:00:00Z")), rig.now());
        assertThat(problems()).isEmpty();
    }

    @Test
    void endThatTheMirrorMayNotHaveTheInvoiceOfIsNoProblemYet() throws Exception {
        use("requests", "2026-11-24T09:00:00Z", "300");
        sync("2026-11-25T14:30:00Z");
        rig.stripe.cancel(sub, false, false, "by hand");
        rig.now("2026-11-25T15:00:00Z");
        rig.mirror.refreshSubscription(sub);
        assertThat(problems()).isEmpty();

        sync("2026-11-25T15:00:00Z");
        assertThat(problems()).hasSize(1);
    }

    private void use(String metric, String hour, String quantity) throws SQLException {
        rig.books.total(metric, "acme", Instant.parse(hour), quantity);
    }

    private void sync(String now) throws SQLException {
        rig.now(now);
        rig.mirror.sync(notes::add, read -> {});
    }

    private List<UserError> problems() {
        return new MirrorCheck(rig.books.access()).findings().problems();
    }

    private List<UnbilledEnd> lost() throws SQLException {
        return rig.database.inTransaction(connection -> UnbilledEnd.find(connection, null));
    }

    private void assertInOrder() throws SQLException {
        assertThat(notes).noneMatch(note -> note.startsWith("flag"));
        assertThat(lost()).isEmpty();
    }

    private StripeInvoice byHand(String from, String to) {
        StripeInvoiceLine line = new StripeInvoiceLine(
                "il_1", "", "", "usage", BigDecimal.ONE, BigDecimal.TEN, false, Instant.parse(from), Instant.parse(to));
        StripeInvoice invoice = StripeObjects.invoice("in_hand", cus, "open", 0);
        return new StripeInvoice(
                invoice.id(),
                cus,
                "",
                "open",
                "manual",
                "eur",
                BigDecimal.TEN,
                rig.now(),
                rig.now(),
                false,
                null,
                rig.now(),
                rig.now(),
                List.of(line));
    }
}
