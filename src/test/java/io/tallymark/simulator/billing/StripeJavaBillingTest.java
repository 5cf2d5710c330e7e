package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.StripeClient;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.model.Subscription;
import com.stripe.model.SubscriptionSchedule;
import com.stripe.param.InvoiceCreatePreviewParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionScheduleCreateParams;
import com.stripe.param.SubscriptionScheduleUpdateParams;
import com.stripe.param.SubscriptionUpdateParams;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real client reads and writes what the simulator has. */
class StripeJavaBillingTest {
    private BillingRig rig;
    private StripeClient stripe;
    private String fee;
    private String usage;

    @BeforeEach
    void open() {
        rig = new BillingRig("2026-11-01T00:00:00Z");
        stripe = StripeClient.builder()
                .setApiKey("sk_test_1")
                .setApiBase(rig.simulator.apiBase().toString())
                .build();
        fee = rig.licensed("3000");
        usage = rig.metered("1");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void readsASubscriptionAndItsInvoice() throws StripeException {
        Subscription subscription = subscribe();
        rig.use("2026-11-15T00:00:00Z", 42);
        rig.clock("2026-12-01T00:00:00Z");

        Invoice draft = stripe.v1()
                .invoices()
                .list(InvoiceListParams.builder()
                        .setSubscription(subscription.getId())
                        .setStatus(InvoiceListParams.Status.DRAFT)
                        .build())
                .getData()
                .get(0);
        assertThat(draft.getTotal()).isEqualTo(3_042);
        assertThat(draft.getParent().getSubscriptionDetails().getSubscription()).isEqualTo(subscription.getId());
        List<InvoiceLineItem> lines =
                stripe.v1().invoices().lineItems().list(draft.getId()).getData();
        assertThat(lines.get(0).getQuantityDecimal()).isEqualByComparingTo("42");
        assertThat(lines.get(0).getPricing().getPriceDetails().getPrice()).isEqualTo(usage);
        assertThat(lines.get(0).getParent().getSubscriptionItemDetails().getSubscriptionItem())
                .isEqualTo(subscription.getItems().getData().get(0).getId());

        assertThat(stripe.v1().invoices().finalizeInvoice(draft.getId()).getStatus())
                .isEqualTo("paid");
        assertThatThrownBy(() -> stripe.v1().invoices().finalizeInvoice(draft.getId()))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void changesPreviewsAndCancels() throws StripeException {
        Subscription subscription = subscribe();
        rig.clock("2026-11-16T00:00:00Z");
        String item = subscription.getItems().getData().get(1).getId();

        Invoice preview = stripe.v1()
                .invoices()
                .createPreview(InvoiceCreatePreviewParams.builder()
                        .setSubscription(subscription.getId())
                        .setSubscriptionDetails(InvoiceCreatePreviewParams.SubscriptionDetails.builder()
                                .addItem(InvoiceCreatePreviewParams.SubscriptionDetails.Item.builder()
                                        .setId(item)
                                        .setQuantity(2L)
                                        .build())
                                .build())
                        .build());
        Subscription changed = stripe.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .addItem(SubscriptionUpdateParams.Item.builder()
                                        .setId(item)
                                        .setQuantity(2L)
                                        .build())
                                .setProrationBehavior(SubscriptionUpdateParams.ProrationBehavior.CREATE_PRORATIONS)
                                .build());
        Subscription canceled = stripe.v1()
                .subscriptions()
                .cancel(
                        subscription.getId(),
                        SubscriptionCancelParams.builder().setInvoiceNow(true).build());

        assertThat(preview.getTotal()).isEqualTo(7_500);
        assertThat(changed.getItems().getData().get(1).getQuantity()).isEqualTo(2);
        assertThat(canceled.getStatus()).isEqualTo("canceled");
        assertThat(canceled.getLatestInvoice()).isNotEmpty();
    }

    @Test
    void plansPhases() throws StripeException {
        Subscription subscription = subscribe();
        SubscriptionSchedule schedule = stripe.v1()
                .subscriptionSchedules()
                .create(SubscriptionScheduleCreateParams.builder()
                        .setFromSubscription(subscription.getId())
                        .build());
        SubscriptionSchedule.Phase current = schedule.getPhases().get(0);
        SubscriptionSchedule planned = stripe.v1()
                .subscriptionSchedules()
                .update(
                        schedule.getId(),
                        SubscriptionScheduleUpdateParams.builder()
                                .addPhase(phase(fee)
                                        .setStartDate(current.getStartDate())
                                        .setEndDate(current.getEndDate())
                                        .build())
                                .addPhase(phase(rig.licensed("9000"))
                                        .setDuration(SubscriptionScheduleUpdateParams.Phase.Duration.builder()
                                                .setInterval(
                                                        SubscriptionScheduleUpdateParams.Phase.Duration.Interval.MONTH)
                                                .setIntervalCount(2L)
                                                .build())
                                        .build())
                                .build());

        assertThat(planned.getPhases()).hasSize(2);
        assertThat(planned.getPhases().get(1).getEndDate()).isEqualTo(BillingRig.at("2027-02-01T00:00:00Z"));
        assertThat(stripe.v1().subscriptions().retrieve(subscription.getId()).getSchedule())
                .isEqualTo(schedule.getId());
    }

    private SubscriptionScheduleUpdateParams.Phase.Builder phase(String price) {
        return SubscriptionScheduleUpdateParams.Phase.builder()
                .addItem(SubscriptionScheduleUpdateParams.Phase.Item.builder()
                        .setPrice(price)
                        .setQuantity(1L)
                        .build())
                .addItem(SubscriptionScheduleUpdateParams.Phase.Item.builder()
                        .setPrice(usage)
                        .build())
                .setProrationBehavior(SubscriptionScheduleUpdateParams.Phase.ProrationBehavior.NONE);
    }

    private Subscription subscribe() throws StripeException {
        return stripe.v1()
                .subscriptions()
                .create(SubscriptionCreateParams.builder()
                        .setCustomer(rig.customer)
                        .addItem(SubscriptionCreateParams.Item.builder()
                                .setPrice(usage)
                                .build())
                        .addItem(SubscriptionCreateParams.Item.builder()
                                .setPrice(fee)
                                .setQuantity(1L)
                                .build())
                        .setBillingMode(SubscriptionCreateParams.BillingMode.builder()
                                .setType(SubscriptionCreateParams.BillingMode.Type.FLEXIBLE)
                                .build())
                        .putMetadata("plan", "pro")
                        .build());
    }
}
