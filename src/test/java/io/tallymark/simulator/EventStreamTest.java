package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.StripeClient;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.exception.TemporarySessionExpiredException;
import com.stripe.model.v2.billing.MeterEventSession;
import com.stripe.param.v2.billing.MeterEventStreamCreateParams;
import io.tallymark.simulator.metering.ErrorEvent;
import io.tallymark.simulator.metering.EventStream;
import io.tallymark.simulator.metering.StreamSessions;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventStreamTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final SettableClock clock = new SettableClock(NOW);
    private StripeSimulator simulator;
    private Caller caller;
    private String customer;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, clock);
        caller = new Caller(simulator);
        caller.createMeter("tokens", "sum");
        customer = caller.createCustomer();
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void eventsOfASessionCount() throws StripeException {
        MeterEventSession session =
                client("sk_test_stream").v2().billing().meterEventSession().create();

        send(session.getAuthenticationToken(), event("a", "5"), event("b", "2.5"));

        assertThat(session.getExpiresAt()).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
        assertThat(billed()).isEqualTo("7.5");
    }

    @Test
    void aTokenIsGoodFor15MinutesAndAKeyIsNoToken() throws StripeException {
        String token = token();
        clock.advance(Duration.ofMinutes(15).minusSeconds(1));
        send(token, event("a", "5"));

        clock.advance(Duration.ofSeconds(1));
        assertThatThrownBy(() -> send(token, event("b", "5"))).isInstanceOf(TemporarySessionExpiredException.class);
        assertThatThrownBy(() -> send("sk_test_key", event("b", "5"))).isInstanceOf(AuthenticationException.class);
        assertThat(billed()).isEqualTo("5");
    }

    @Test
    void aCallHasAtMost100Events() throws StripeException {
        String token = token();
        send(token, events(100));
        assertThat(billed()).isEqualTo("100");

        assertThatThrownBy(() -> send(token, events(101))).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void aRepeatedIdentifierCountsOnceAndIsNotRefused() throws StripeException {
        send(token(), event("a", "5"), event("a", "6"));

        assertThat(billed()).isEqualTo("5");
        assertThat(simulator.contradictions()).containsExactly("a");
    }

    @ParameterizedTest
    @CsvSource({
        "tokens, '', 5, PT0S, meter_event_no_customer_defined",
        "tokens, cus_nobody, 5, PT0S, meter_event_customer_not_found",
        "tokens, cus_00000000000001, five, PT0S, meter_event_invalid_value",
        "tokens, cus_00000000000001, '', PT0S, meter_event_invalid_value",
        "tokens, cus_00000000000001, 1234567890123456, PT0S, meter_event_value_too_many_digits",
        "tokens, cus_00000000000001, 5, PT-841H, timestamp_too_far_in_past",
        "tokens, cus_00000000000001, 5, PT1H, timestamp_in_future",
        "nothing, cus_00000000000001, 5, PT0S, no_meter"
    })
    void aBadEventIsTakenAndReportedLater(String name, String whose, String value, Duration offset, String code)
            throws StripeException {
        send(
                token(),
                MeterEventStreamCreateParams.Event.builder()
                        .setEventName(name)
                        .setIdentifier("a")
                        .putPayload("stripe_customer_id", whose)
                        .putPayload("value", value)
                        .setTimestamp(NOW.plus(offset))
                        .build());

        assertThat(simulator.errorEvents()).extracting(ErrorEvent::code).containsExactly(code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{",
                "[]",
                "{\"event\":1}",
                "{\"events\":[]}",
                "{\"events\":[{\"identifier\":\"a\"}]}",
                "{\"events\":[{\"event_name\":\"tokens\",\"who\":\"a\"}]}"
            })
    void whatHasNoFormIsRefusedAtOnce(String body) {
        Caller.Reply reply = caller.send(caller.to(EventStream.PATH)
                .setHeader("Authorization", "Bearer " + token())
                .POST(BodyPublishers.ofString(body)));

        assertThat(reply.status()).isEqualTo(400);
    }

    private String token() {
        return caller.send(caller.to(StreamSessions.PATH).POST(BodyPublishers.noBody()))
                .text("authentication_token");
    }

    private MeterEventStreamCreateParams.Event event(String identifier, String value) {
        return MeterEventStreamCreateParams.Event.builder()
                .setEventName("tokens")
                .setIdentifier(identifier)
                .putPayload("stripe_customer_id", customer)
                .putPayload("value", value)
                .setTimestamp(NOW)
                .build();
    }

    private MeterEventStreamCreateParams.Event[] events(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> event("event-" + i, "1"))
                .toArray(MeterEventStreamCreateParams.Event[]::new);
    }

    private void send(String token, MeterEventStreamCreateParams.Event... events) throws StripeException {
        MeterEventStreamCreateParams.Builder params = MeterEventStreamCreateParams.builder();
        for (MeterEventStreamCreateParams.Event event : events) {
            params.addEvent(event);
        }
        client(token).v2().billing().meterEventStream().create(params.build());
    }

    private StripeClient client(String key) {
        return StripeClient.builder()
                .setApiKey(key)
                .setApiBase(simulator.apiBase().toString())
                .setMeterEventsBase(simulator.apiBase().toString())
                .build();
    }

    private String billed() {
        return simulator.billed("tokens", customer, NOW, NOW.plusSeconds(60)).toPlainString();
    }
}
