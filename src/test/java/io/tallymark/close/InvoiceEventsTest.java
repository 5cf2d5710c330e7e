package io.tallymark.close;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.StripeClient;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.WebhookEndpointCreateParams.EnabledEvent;
import io.tallymark.stripe.StripeInvoice;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.SecretRef;
import io.tallymark.webhook.HandlersByType;
import io.tallymark.webhook.ServeSettings;
import io.tallymark.webhook.WebhookServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An invoice is created at the simulator, which tells the webhook over HTTP and waits for its answer. */
class InvoiceEventsTest {
    private static final Instant HOUR = Instant.parse("2026-10-25T13:00:00Z");
    private static final Instant RENEWAL = CloseRig.BOUNDARY.plusSeconds(150);

    @TempDir
    private Path directory;

    @Test
    void withRespondStripeAsksAgainUntilEverythingIsConfirmed() throws Exception {
        try (CloseRig rig = rig("hold: respond");
                WebhookServer server = serve(rig)) {
            rig.now(RENEWAL);
            await().until(() -> answers(rig).equals("409"));
            assertThat(rig.books
                            .rows("SELECT detail FROM webhook_event WHERE type = 'invoice.created' AND answer = 409")
                            .get(0))
                    .contains("hours-open");

            rig.now(RENEWAL.plus(Duration.ofHours(2)));
            await().until(() -> rig.books
                    .rows("SELECT deliveries, answer FROM webhook_event WHERE type = 'invoice.created'")
                    .equals(List.of("2, 409")));
            assertThat(invoice(rig).isDraft()).as("an hour after its creation").isTrue();
            rig.watermark(CloseRig.BOUNDARY);
            rig.sync();
            rig.now(RENEWAL.plus(Duration.ofHours(9)));

            await().until(() -> !invoice(rig).isDraft());
            assertThat(rig.billed()).contains("4: 7 × API (at €0.005 / month)");
            await().until(() ->
                    rig.books.rows("SELECT state, closed_by FROM billing_close").equals(List.of("closed, finance")));
            assertThat(server.url().getHost()).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void withAutoAdvanceTheDraftIsHeldAndTheNextLookLetsItGo() throws Exception {
        try (CloseRig rig = rig("");
                WebhookServer server = serve(rig)) {
            rig.now(RENEWAL);
            await().until(() -> answers(rig).equals("200"));
            await().until(() -> !invoice(rig).autoAdvance());
            assertThat(invoice(rig).isDraft()).isTrue();

            rig.watermark(CloseRig.BOUNDARY);
            rig.sync();
            try (Recheck looks = Recheck.start(rig.closing(), Duration.ofMillis(100))) {
                await().until(() -> !invoice(rig).isDraft());
                assertThat(looks).isNotNull();
            }
            await().until(() -> rig.books
                    .rows("SELECT status FROM billing_invoice WHERE billing_reason = 'subscription_cycle'")
                    .equals(List.of("paid")));
            assertThat(server.url().getPath()).isEqualTo("/stripe/webhook");
        }
    }

    private CloseRig rig(String close) throws Exception {
        CloseRig rig = new CloseRig(close);
        rig.subscribe("pro");
        rig.total("bytes", HOUR, "7");
        return rig;
    }

    private WebhookServer serve(CloseRig rig) throws Exception {
        int port = freePort();
        String secret = StripeClient.builder()
                .setApiKey("sk_test_operator")
                .setApiBase(rig.simulator.apiBase().toString())
                .build()
                .v1()
                .webhookEndpoints()
                .create(WebhookEndpointCreateParams.builder()
                        .setUrl("http://127.0.0.1:" + port + "/stripe/webhook")
                        .addEnabledEvent(EnabledEvent.ALL)
                        .build())
                .getSecret();
        Path file = Files.writeString(directory.resolve("secret"), secret);
        StripeSettings stripe = rig.settings.stripe().withWebhookSecret(SecretRef.file("stripe.webhook-secret", file));
        return WebhookServer.start(
                ServeSettings.of(stripe, port),
                rig.database,
                new HandlersByType(InvoiceEvents.handlers(rig.closing(), rig.mirror, rig.settings.close())),
                rig.clock);
    }

    /** What the delivery of the renewal's invoice.created was answered. */
    private static String answers(CloseRig rig) throws Exception {
        return String.join(
                " ",
                rig.books.rows(
                        "SELECT answer FROM webhook_event WHERE type = 'invoice.created' AND created_at >= ? AND answer > 0",
                        CloseRig.BOUNDARY));
    }

    private static StripeInvoice invoice(CloseRig rig) {
        return rig.stripe.invoices(rig.payer, null, null).stream()
                .filter(invoice -> invoice.billingReason().equals("subscription_cycle"))
                .findFirst()
                .orElseThrow();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
