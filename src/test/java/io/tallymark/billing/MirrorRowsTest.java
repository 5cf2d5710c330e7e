package io.tallymark.billing;

import static io.tallymark.billing.StripeObjects.anchored;
import static io.tallymark.billing.StripeObjects.ended;
import static io.tallymark.billing.StripeObjects.fee;
import static io.tallymark.billing.StripeObjects.invoice;
import static io.tallymark.billing.StripeObjects.metered;
import static io.tallymark.billing.StripeObjects.records;
import static io.tallymark.billing.StripeObjects.subscription;
import static io.tallymark.billing.StripeObjects.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripeSubscription;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the mirror does with objects that were read, whenever. */
class MirrorRowsTest {
    private static final Instant EARLY = BillingRig.START.plusSeconds(10);
    private static final Instant LATE = BillingRig.START.plusSeconds(20);

    private final List<String> notes = new ArrayList<>();
    private BillingRig rig;
    private String requests = "";

    @BeforeEach
    void open() throws SQLException {
        rig = new BillingRig();
        requests = rig.stripe.meters().stream()
                .filter(meter -> meter.eventName().equals("api_requests"))
                .map(StripeMeter::id)
                .findFirst()
                .orElseThrow();
        rig.books.execute("INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES ('acme', 'cus_1')");
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void subscriptionIsWrittenWithTheMetricsOfItsItems() throws Exception {
        write(
                subscription("sub_1", "cus_1", fee("si_fee"), metered("si_r", requests), metered("si_x", "mtr_x")),
                EARLY);

        assertThat(rig.rows("SELECT subscription_item_id, usage_type, metric, quantity FROM billing_subscription_item"
                        + " ORDER BY 1"))
                .containsExactly(
                        "si_fee, licensed, null, 1", "si_r, metered, requests, null", "si_x, metered, null, null");
    }

    @Test
    void olderReadingNeverReplacesANewerOne() throws Exception {
        StripeSubscription before = subscription("sub_1", "cus_1", metered("si_r", requests));
        write(ended(before, "2026-11-20T00:00:00Z"), LATE);
        write(with(before, metered("si_r", requests), fee("si_fee")), EARLY);

        assertThat(rig.rows("SELECT status FROM billing_subscription")).containsExactly("canceled");
        assertThat(rig.rows("SELECT subscription_item_id FROM billing_subscription_item"))
                .containsExactly("si_r");

        rig.mirror.writeInvoices(List.of(invoice("in_1", "cus_1", "paid", 3)), LATE);
        rig.mirror.writeInvoices(List.of(invoice("in_1", "cus_1", "draft", 1)), EARLY);
        assertThat(rig.rows("SELECT status, (SELECT count(*) FROM billing_invoice_line) FROM billing_invoice"))
                .containsExactly("paid, 3");
    }

    @Test
    void sameReadingTwiceIsTheSameRows() throws Exception {
        StripeSubscription read = subscription("sub_1", "cus_1", metered("si_r", requests));
        write(read, EARLY);
        rig.mirror.writeInvoices(List.of(invoice("in_1", "cus_1", "draft", 12)), EARLY);
        List<String> once = everything();

        write(read, EARLY);
        rig.mirror.writeInvoices(List.of(invoice("in_1", "cus_1", "draft", 12)), EARLY);

        assertThat(everything()).isEqualTo(once);
    }

    @Test
    void itemThatIsNotListedAnyMoreStaysAsRemoved() throws Exception {
        StripeSubscription before = subscription("sub_1", "cus_1", metered("si_r", requests), fee("si_fee"));
        write(before, EARLY);
        write(with(before, fee("si_fee")), LATE);

        assertThat(
                        rig.rows(
                                "SELECT subscription_item_id, removed_at IS NOT NULL FROM billing_subscription_item ORDER BY 1"))
                .containsExactly("si_fee, f", "si_r, t");
    }

    @Test
    void billingPeriodsFollowTheLiveSubscription() throws Exception {
        keep(anchored(subscription("sub_1", "cus_1", metered("si_r", requests)), "2026-01-31T06:00:00Z"));

        assertThat(anchor()).containsExactly("2026-01-31 06:00:00, month");
        assertThat(notes)
                .containsExactly("changed  acme: billing periods from 2026-01-31T06:00:00Z by month, as sub_1 has them;"
                        + " were calendar by month");

        notes.clear();
        keep(anchored(subscription("sub_1", "cus_1", metered("si_r", requests)), "2026-01-31T06:00:00Z"));
        assertThat(notes).isEmpty();
    }

    @Test
    void billingPeriodsStayWhereStripeHasNoSingleOnes() throws Exception {
        keep(subscription("sub_1", "cus_1", metered("si_r", requests, 3)));
        assertThat(notes).singleElement().asString().contains("flag", "sub_1 is billed every 3 months");

        notes.clear();
        write(subscription("sub_1", "cus_1", metered("si_r", requests)), LATE);
        keep(anchored(subscription("sub_2", "cus_1", metered("si_2", requests)), "2026-11-15T00:00:00Z"));
        assertThat(notes).singleElement().asString().contains("flag", "sub_1 and sub_2", "different billing periods");
        assertThat(anchor()).containsExactly("null, month");
    }

    @Test
    void legacyItemIsMappedFromTheHourOfItsSubscriptionUntilItEnds() throws Exception {
        StripeSubscription read = subscription("sub_1", "cus_1", records("si_1", "records", "2026-11-01T00:00:00Z"));
        keep(read);
        assertThat(items()).containsExactly("records, si_1, 2026-11-01 00:00:00, null");

        keep(ended(read, "2026-11-20T07:30:00Z"), LATE);
        assertThat(items()).containsExactly("records, si_1, 2026-11-01 00:00:00, 2026-11-20 07:30:00");
        assertThat(notes)
                .contains(
                        "changed  acme records -> si_1, from 2026-11-01T00:00:00Z",
                        "changed  acme records -> si_1: ended 2026-11-20T07:30:00Z at Stripe");
    }

    @Test
    void successorOfALegacyItemBeginsWithTheHourAfterIt() throws Exception {
        StripeSubscription before = subscription("sub_1", "cus_1", records("si_1", "records", "2026-11-01T00:00:00Z"));
        keep(before);
        keep(with(before, records("si_2", "records", EARLY.toString())), LATE);

        assertThat(items())
                .containsExactly(
                        "records, si_1, 2026-11-01 00:00:00, 2026-11-22 10:20:20",
                        "records, si_2, 2026-11-22 11:00:00, null");
    }

    @Test
    void whatAPersonWroteStaysUnlessStripeContradictsIt() throws Exception {
        rig.books.execute(
                "INSERT INTO billing_item VALUES ('acme', 'records', 'si_hand', '2026-10-01T00:00:00Z', NULL)");

        keep(subscription("sub_1", "cus_1", records("si_1", "records", "2026-11-01T00:00:00Z")));

        assertThat(items()).containsExactly("records, si_hand, 2026-10-01 00:00:00, null");
        assertThat(notes).last().asString().contains("flag", "si_1", "billing_item says si_hand");
    }

    @Test
    void legacyItemWithoutOurMarkIsFlagged() throws Exception {
        keep(subscription("sub_1", "cus_1", records("si_1", "", "2026-11-01T00:00:00Z")));

        assertThat(items()).isEmpty();
        assertThat(notes).last().asString().contains("flag", "si_1 bills usage records", "catalog apply");
    }

    private void write(StripeSubscription subscription, Instant seenAt) throws SQLException {
        rig.mirror.writeSubscriptions(List.of(subscription), seenAt);
    }

    private void keep(StripeSubscription subscription) throws SQLException {
        keep(subscription, EARLY);
    }

    private void keep(StripeSubscription subscription, Instant seenAt) throws SQLException {
        write(subscription, seenAt);
        rig.mirror.keep(subscription.customer(), new Notes(notes::add));
    }

    private List<String> anchor() throws SQLException {
        return rig.rows("SELECT billing_anchor AT TIME ZONE 'UTC', billing_interval FROM billing_customer");
    }

    private List<String> items() throws SQLException {
        return rig.rows(
                "SELECT metric, subscription_item_id, valid_from AT TIME ZONE 'UTC', valid_to AT TIME ZONE 'UTC'"
                        + " FROM billing_item ORDER BY valid_from");
    }

    private List<String> everything() throws SQLException {
        List<String> all = new ArrayList<>(rig.rows("SELECT * FROM billing_subscription"));
        all.addAll(rig.rows("SELECT * FROM billing_subscription_item"));
        all.addAll(rig.rows("SELECT * FROM billing_invoice"));
        all.addAll(rig.rows("SELECT * FROM billing_invoice_line ORDER BY line_number"));
        return all;
    }
}
