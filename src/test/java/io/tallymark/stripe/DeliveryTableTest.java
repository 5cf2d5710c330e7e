package io.tallymark.stripe;

import static io.tallymark.stripe.ScriptedServer.reply;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.Delivery.Pressure;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageReport;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each row of the table for meter events, from the bytes on the wire to the delivery. */
class DeliveryTableTest {
    static final UsageReport EVENT = new UsageReport(
            "id-7",
            ReportMode.HOURLY_TOTAL,
            "tokens",
            "cus_1",
            new BigDecimal("12.5"),
            Instant.ofEpochSecond(1_800_000_000));
    private static final String NO_HEADERS = "";

    private ScriptedServer server;
    private StripeReportSender sender;

    @BeforeEach
    void open() throws IOException {
        server = new ScriptedServer();
        sender = StripeReportSender.open(StripeSettings.defaults(SecretRef.none("stripe.api-key"))
                .withApiBase(server.base())
                .withCallDeadline(Duration.ofSeconds(10)));
    }

    @AfterEach
    void close() throws IOException {
        sender.close();
        server.close();
    }

    @Test
    void aReplyThatNamesTheIdentifierIsAccepted() {
        Delivery delivery = send(reply(200, "Request-Id: req_1", "{\"identifier\":\"id-7\"}"));

        assertThat(delivery).isEqualTo(new Delivery(Outcome.ACCEPTED, "req_1", "", 0));
    }

    @Test
    void aSuccessThatDoesNotNameTheIdentifierIsUnknown() {
        assertOutage(send(reply(200, NO_HEADERS, "{}")));
        assertOutage(send(reply(200, NO_HEADERS, "{\"identifier\":\"id-8\"}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "<html>", "{\"identifier\":\"id-7\"", "{} {}"})
    void aSuccessWithAnUnreadableBodyIsUnknown(String body) {
        Delivery delivery = send(reply(200, "Request-Id: req_1", body));

        assertOutage(delivery);
        assertThat(delivery.requestId()).isEqualTo("req_1");
        assertThat(delivery.detail()).startsWith("HTTP 200 with a");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 404, 429, 500})
    void anEmptyBodyIsUnknownWhateverTheStatus(int status) {
        Delivery delivery = send(reply(status, "Retry-After: 2", ""));

        assertOutage(delivery);
        assertThat(delivery.retryAfterMillis()).isEqualTo(2_000);
    }

    @Test
    void aDuplicateIsAcceptedThoughItIsAnError() {
        Delivery delivery = send(error(
                400, "Stripe-Should-Retry: false\nRequest-Id: req_2", "An event already exists with identifier id-7."));

        assertThat(delivery.outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(delivery.requestId()).isEqualTo("req_2");
        assertThat(delivery.detail()).contains("HTTP 400", "already exists");
    }

    @Test
    void aDuplicateIsAcceptedEvenWhenStripeAsksForARetry() {
        assertThat(send(error(400, "Stripe-Should-Retry: true", "An event already exists with identifier id-7."))
                        .outcome())
                .isEqualTo(Outcome.ACCEPTED);
    }

    @Test
    void aDuplicateOfAnotherIdentifierIsNoProofOfThisOne() {
        assertThat(send(error(400, NO_HEADERS, "An event already exists with identifier id-9."))
                        .outcome())
                .isEqualTo(Outcome.REJECTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 402, 404, 413, 422})
    void anyOther4xxIsRejectedWithStripesReason(int status) {
        Delivery delivery = send(error(status, "Request-Id: req_3", "No active meter found"));

        assertThat(delivery.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(delivery.pressure()).isEqualTo(Pressure.NONE);
        assertThat(delivery.requestId()).isEqualTo("req_3");
        assertThat(delivery.detail()).isEqualTo("HTTP " + status + " · some_code · No active meter found");
    }

    @Test
    void shouldRetryTrueWinsOverTheStatus() {
        Delivery delivery = send(error(400, "Stripe-Should-Retry: true", "try again"));

        assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(delivery.pressure()).isEqualTo(Pressure.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 409, 429, 500, 503})
    void shouldRetryFalseNeverTurnsAnUnknownOutcomeIntoARejection(int status) {
        assertThat(send(error(status, "Stripe-Should-Retry: false", "no")).outcome())
                .isEqualTo(Outcome.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 408, 500, 502, 503, 504})
    void outagesAndRedirectsAreUnknown(int status) {
        Delivery delivery = send(error(status, "Request-Id: req_4\nLocation: http://127.0.0.1:1/", "busy"));

        assertOutage(delivery);
        assertThat(delivery.requestId()).isEqualTo("req_4");
        assertThat(server.calls()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 425, 429})
    void conflictsAreUnknownAndSayNothingAboutStripeAsAWhole(int status) {
        Delivery delivery = send(error(status, NO_HEADERS, "lock_timeout"));

        assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(delivery.pressure()).isEqualTo(Pressure.NONE);
    }

    @Test
    void aRefusedKeyIsNotTheEventsFault() {
        Delivery delivery = send(error(401, NO_HEADERS, "Invalid API Key provided: sk_test_****1234"));

        assertOutage(delivery);
        assertThat(delivery.detail()).isEqualTo("HTTP 401 · some_code · Invalid API Key provided: [key]");
    }

    @Test
    void aRightThatTheKeyLacksStopsNoOtherCalls() {
        assertWaitsAlone(send(error(403, NO_HEADERS, "The provided key does not have the required permissions")));
    }

    @Test
    void anAddressWithoutMetersIsNotTheEventsFault() {
        Delivery delivery = send(error(404, NO_HEADERS, "Unrecognized request URL (POST: /v1/billing/meter_events)."));

        assertWaitsAlone(delivery);
        assertThat(delivery.detail()).startsWith("no billing meters at this address: check stripe.api-base · HTTP 404");
    }

    @Test
    void aReplayedFailureIsUnknownBecauseTheNextCallHasANewKey() {
        assertOutage(send(error(500, "Idempotent-Replayed: true", "stored")));
    }

    @Test
    void anIdempotencyErrorSaysNothingAboutTheEvent() {
        String body = "{\"error\":{\"type\":\"idempotency_error\",\"message\":\"Keys for idempotent requests\"}}";

        assertThat(send(reply(400, NO_HEADERS, body)).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void aReplyThatTripsStripeJavaIsUnknown() {
        assertOutage(send(reply(200, NO_HEADERS, "{\"payload\":7,\"identifier\":[]}")));
        assertOutage(send(reply(400, NO_HEADERS, "{\"error\":{\"type\":[]}}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>Forbidden</html>", "{}", "{\"error\":\"no\"}", "{\"error\":null}", "{\"error\":[]}"})
    void a4xxThatDoesNotSpeakStripesLanguageIsUnknown(String body) {
        assertOutage(send(reply(400, NO_HEADERS, body)));
    }

    @Test
    void aRateLimitSaysWhichAndHowLong() {
        Delivery delivery =
                send(error(429, "Retry-After: 7\nStripe-Rate-Limited-Reason: global-rate", "Too many requests"));

        assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(delivery.pressure()).isEqualTo(Pressure.SLOW_DOWN);
        assertThat(delivery.retryAfterMillis()).isEqualTo(7_000);
        assertThat(delivery.detail()).isEqualTo("HTTP 429 · some_code · limit global-rate · Too many requests");
    }

    @Test
    void aConnectionThatBreaksIsUnknown() {
        assertOutage(send(ScriptedServer.reset()));
        assertOutage(send(ScriptedServer.closeWithoutReply()));
        assertOutage(send(ScriptedServer.cutBody(200)));
        assertThat(server.calls()).hasSize(3);
    }

    @Test
    void aServerThatIsNotThereIsUnknown() throws IOException {
        server.close();

        Delivery delivery = sender.send(EVENT);

        assertOutage(delivery);
        assertThat(delivery.detail()).contains("/v1/billing/meter_events", "ConnectException");
    }

    private Delivery send(ScriptedServer.Step step) {
        server.then(step);
        return sender.send(EVENT);
    }

    private static void assertWaitsAlone(Delivery delivery) {
        assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(delivery.pressure()).isEqualTo(Pressure.NONE);
    }

    private static void assertOutage(Delivery delivery) {
        assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(delivery.pressure()).isEqualTo(Pressure.OUTAGE);
    }

    static ScriptedServer.Step error(int status, String headers, String message) {
        return reply(
                status,
                headers,
                "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"some_code\",\"message\":\"" + message
                        + "\"}}");
    }
}
