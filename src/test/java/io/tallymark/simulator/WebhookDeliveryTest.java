package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.model.Event;
import com.stripe.net.Webhook;
import io.tallymark.simulator.events.AccountEvent;
import io.tallymark.simulator.events.EventDelivery;
import io.tallymark.simulator.events.EventDelivery.State;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookDeliveryTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final SettableClock clock = new SettableClock(NOW);
    private StripeSimulator simulator;
    private Caller caller;
    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        simulator = StripeSimulator.start(0, clock);
        caller = new Caller(simulator);
        receiver = new Receiver();
    }

    @AfterEach
    void close() {
        receiver.close();
        simulator.close();
    }

    @Test
    void anEventIsPostedWithASignatureThatStripesOwnClientAccepts() throws Exception {
        Caller.Reply endpoint = listen("invoice.created");

        AccountEvent event = emit("invoice.created");

        await().until(() -> delivery(event).state() == State.ACKNOWLEDGED);
        Event read = verified(endpoint.text("secret"), clock.instant());
        assertThat(read.getId()).isEqualTo(event.id());
        assertThat(read.getType()).isEqualTo("invoice.created");
        assertThat(read.getCreated()).isEqualTo(NOW.getEpochSecond());
        assertThat(read.getLivemode()).isFalse();
        assertThat(read.getPendingWebhooks()).isEqualTo(1);
        assertThat(read.getData().toJson()).contains("in_1");
        assertThat(delivery(event)).returns(1, EventDelivery::attempts).returns(200, EventDelivery::lastStatus);
    }

    @Test
    void theSignatureIsOfThisSecretAndThisTime() {
        Caller.Reply endpoint = listen("*");
        emit("invoice.created");
        await().until(() -> receiver.received().size() == 1);

        assertThatThrownBy(() -> verified("whsec_other", NOW)).isInstanceOf(SignatureVerificationException.class);
        assertThatThrownBy(() -> verified(endpoint.text("secret"), NOW.plusSeconds(301)))
                .isInstanceOf(SignatureVerificationException.class);
    }

    @Test
    void aFailedDeliveryIsRetriedAsTheClockMovesWithANewTimestamp() throws Exception {
        Caller.Reply endpoint = listen("*");
        receiver.answers(409);
        AccountEvent event = emit("invoice.created");
        await().until(() -> delivery(event).attempts() == 1);
        assertThat(acknowledged(event)).isFalse();

        receiver.answers(204);
        clock.advance(Duration.ofMinutes(5));

        await().until(() -> acknowledged(event));
        assertThat(delivery(event)).returns(2, EventDelivery::attempts).returns(204, EventDelivery::lastStatus);
        assertThat(receiver.received().get(1).signature())
                .startsWith("t=" + clock.instant().getEpochSecond() + ",v1=");
        assertThat(verified(endpoint.text("secret"), clock.instant()).getId()).isEqualTo(event.id());
    }

    @Test
    void retriesEndAfterThreeDays() {
        listen("*");
        receiver.answers(500);
        AccountEvent event = emit("invoice.created");

        int hours = 0;
        while (delivery(event).state() != State.GIVEN_UP) {
            await().until(() -> delivery(event).state() == State.GIVEN_UP
                    || (delivery(event).state() == State.WAITING
                            && delivery(event).nextAt().isAfter(clock.instant())));
            clock.advance(Duration.ofHours(1));
            hours++;
        }

        assertThat(hours).isBetween(60, 74);
        assertThat(delivery(event).attempts()).isEqualTo(10);
        assertThat(acknowledged(event)).isFalse();
    }

    @Test
    void anAttemptInFlightAcknowledgesNothingAndHoldsUpNobody() {
        listen("*");
        CountDownLatch answer = new CountDownLatch(1);
        receiver.before(() -> awaitLatch(answer));

        AccountEvent event = emit("invoice.created");

        await().until(() -> receiver.received().size() == 1);
        assertThat(acknowledged(event)).isFalse();
        assertThat(delivery(event).state()).isEqualTo(State.IN_FLIGHT);
        answer.countDown();
        await().until(() -> acknowledged(event));
    }

    @Test
    void aReceiverThatIsAwayIsTriedAgain() {
        listen("*");
        receiver.close();

        AccountEvent event = emit("invoice.created");

        await().until(() -> delivery(event).attempts() == 1);
        assertThat(delivery(event)).returns(0, EventDelivery::lastStatus).returns(State.WAITING, EventDelivery::state);
    }

    @Test
    void onlyEnabledEndpointsThatWantATypeAreTold() {
        String other = listen("customer.created").text("id");
        AccountEvent unwanted = emit("invoice.created");

        caller.post("/v1/webhook_endpoints/" + other, "enabled_events[]", "*", "disabled", "true");
        AccountEvent unheard = emit("invoice.created");

        assertThat(acknowledged(unwanted)).isTrue();
        assertThat(acknowledged(unheard)).isTrue();
        assertThat(simulator.deliveries(unwanted.id())).isEmpty();
        assertThat(simulator.deliveries(unheard.id())).isEmpty();
    }

    @Test
    void aDisabledEndpointIsNotRetriedAndHoldsNothing() {
        String id = listen("*").text("id");
        receiver.answers(500);
        AccountEvent event = emit("invoice.created");
        await().until(() -> delivery(event).attempts() == 1);

        caller.post("/v1/webhook_endpoints/" + id, "disabled", "true");
        clock.advance(Duration.ofHours(1));

        await().until(() -> delivery(event).state() == State.GIVEN_UP);
        assertThat(acknowledged(event)).isTrue();
        assertThat(receiver.received()).hasSize(1);
    }

    @Test
    void manyEventsAreAllDelivered() {
        listen("*");

        IntStream.range(0, 100).forEach(i -> emit("invoice.created"));

        await().until(() -> caller.get("/v1/events", "delivery_success", "false")
                .body()
                .at("/data")
                .isEmpty());
        assertThat(receiver.received()).hasSize(100);
    }

    @Test
    void theAdminPageShowsEndpointsAndDeliveries() {
        listen("invoice.created");
        AccountEvent event = emit("invoice.created");
        await().until(() -> acknowledged(event));

        assertThat(caller.text(caller.to(simulator.adminPage().getPath())).body())
                .contains(receiver.url(), event.id(), "acknowledged after 1 attempt (200)");
    }

    private Caller.Reply listen(String type) {
        return caller.post("/v1/webhook_endpoints", "url", receiver.url(), "enabled_events[]", type);
    }

    private AccountEvent emit(String type) {
        ObjectNode invoice = JsonNodeFactory.instance.objectNode();
        return simulator.emit(type, invoice.put("id", "in_1").put("object", "invoice"), clock.instant());
    }

    private EventDelivery delivery(AccountEvent event) {
        return simulator.deliveries(event.id()).get(0);
    }

    private boolean acknowledged(AccountEvent event) {
        return caller.get("/v1/events/" + event.id())
                        .body()
                        .path("pending_webhooks")
                        .asInt(-1)
                == 0;
    }

    private Event verified(String secret, Instant at) throws SignatureVerificationException {
        Receiver.Received newest = receiver.received().get(receiver.received().size() - 1);
        return Webhook.constructEvent(
                newest.body(), newest.signature(), secret, Webhook.DEFAULT_TOLERANCE, Clock.fixed(at, ZoneOffset.UTC));
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
