package io.tallymark.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.WebhookEndpoint;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.WebhookEndpointCreateParams.EnabledEvent;
import com.sun.net.httpserver.HttpServer;
import io.tallymark.database.Database;
import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.simulator.SettableClock;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.simulator.events.AccountEvent;
import io.tallymark.simulator.events.EventDelivery;
import io.tallymark.simulator.events.EventDelivery.State;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.SecretRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulator delivers and the webhook takes, by the same clock. */
class WebhookEndToEndTest {
    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Answer answer = Answer.accepted();

    private StripeSimulator simulator;
    private BooksDatabase tables;
    private Database database;
    private WebhookServer server;

    @BeforeEach
    void open() throws Exception {
        simulator = StripeSimulator.start(0, clock);
        tables = new BooksDatabase();
        database = Database.open(tables.access(), "webhook-end-to-end", 2, Duration.ofSeconds(10));
        int port = freePort();
        Path secret =
                Files.writeString(directory.resolve("secret"), register(port).getSecret());
        StripeSettings stripe = StripeSettings.defaults(SecretRef.none("stripe.api-key"))
                .withApiBase(simulator.apiBase())
                .withWebhookSecret(SecretRef.file("stripe.webhook-secret", secret));
        WebhookHandler handler = new HandlersByType(Map.of("invoice.created", this::handle));
        server = WebhookServer.start(ServeSettings.of(stripe, port), database, handler, clock);
    }

    @AfterEach
    void close() throws SQLException {
        server.close();
        database.close();
        tables.close();
        simulator.close();
    }

    @Test
    void aHeldInvoiceIsAskedForAgainUntilItIsAccepted() {
        answer = Answer.held("hour 9 is open");
        AccountEvent event = emit("invoice.created", "in_1");
        await().until(() -> delivery(event).attempts() == 1);
        assertThat(delivery(event))
                .returns(409, EventDelivery::lastStatus)
                .returns(State.WAITING, EventDelivery::state);

        clock.advance(Duration.ofMinutes(5));
        await().until(() -> delivery(event).attempts() == 2);
        answer = Answer.accepted();
        clock.advance(Duration.ofMinutes(30));

        await().until(() -> delivery(event).state() == State.ACKNOWLEDGED);
        assertThat(asked).containsExactly("in_1", "in_1", "in_1");
    }

    @Test
    void anEventThatNobodyHandlesIsAccepted() throws Exception {
        AccountEvent event = emit("customer.created", "cus_1");

        await().until(() -> delivery(event).state() == State.ACKNOWLEDGED);

        assertThat(asked).isEmpty();
        assertThat(tables.rows("SELECT event_id, type, object_id, answer FROM webhook_event"))
                .containsExactly(event.id() + ", customer.created, cus_1, 200");
    }

    private WebhookEndpoint register(int port) throws StripeException {
        return StripeClient.builder()
                .setApiKey("sk_test_operator")
                .setApiBase(simulator.apiBase().toString())
                .build()
                .v1()
                .webhookEndpoints()
                .create(WebhookEndpointCreateParams.builder()
                        .setUrl("http://127.0.0.1:" + port + WebhookDoor.PATH)
                        .addEnabledEvent(EnabledEvent.ALL)
                        .build());
    }

    private AccountEvent emit(String type, String id) {
        return simulator.emit(type, JsonNodeFactory.instance.objectNode().put("id", id), clock.instant());
    }

    private EventDelivery delivery(AccountEvent event) {
        return simulator.deliveries(event.id()).get(0);
    }

    private Answer handle(WebhookEvent event) {
        asked.add(event.objectId());
        return answer;
    }

    private static int freePort() throws IOException {
        HttpServer probe = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        probe.start();
        int port = probe.getAddress().getPort();
        probe.stop(0);
        return port;
    }
}
