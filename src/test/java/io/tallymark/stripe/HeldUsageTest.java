package io.tallymark.stripe;

import static io.tallymark.stripe.DeliveryTableTest.error;
import static io.tallymark.stripe.ScriptedServer.reply;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Delivery.Pressure;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.HeldUsage.Status;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageQuestion;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the summaries of a meter say, from the bytes on the wire to the answer. */
class HeldUsageTest {
    private static final Instant HOUR = Instant.parse("2026-11-22T10:00:00Z");
    private static final String METERS = """
            {"data":[{"id":"mtr_old","event_name":"tokens","status":"inactive","default_aggregation":{"formula":"sum"}},
             {"id":"%s","event_name":"tokens","status":"active","default_aggregation":{"formula":"sum"}}]}""";
    private static final String NOTHING = "{\"data\":[],\"has_more\":false}";

    private ScriptedServer server;
    private StripeReportSender sender;

    @BeforeEach
    void open() throws IOException {
        server = new ScriptedServer();
        sender = sender(Duration.ofSeconds(20));
    }

    @AfterEach
    void close() throws IOException {
        sender.close();
        server.close();
    }

    @Test
    void hourByHourEveryPageIsReadAndTheMeterIsRemembered() {
        server.then(meters("mtr_1"))
                .then(reply(200, "", "{\"data\":[" + summary(1, "7.5") + "],\"has_more\":true}"))
                .then(reply(200, "", "{\"data\":[" + summary(0, "0.000000000000001") + "],\"has_more\":false}"));

        assertThat(held(true))
                .isEqualTo(HeldUsage.of(
                        Map.of(HOUR.plusSeconds(3_600), new BigDecimal("7.5"), HOUR, new BigDecimal("1e-15"))));
        server.then(reply(200, "", "{\"data\":[" + summary(0, "3") + "]}"));
        assertThat(held(true).total()).contains(new BigDecimal("3"));
        assertThat(server.calls()).hasSize(4);
        assertThat(server.calls().get(2))
                .startsWith("GET /v1/billing/meters/mtr_1/event_summaries?")
                .contains("value_grouping_window=hour", "customer=cus_1", "starting_after=sum_1");
    }

    @Test
    void aWholeSpanIsOneValue() {
        server.then(meters("mtr_1")).then(reply(200, "", "{\"data\":[" + summary(0, "12") + "]}"));

        assertThat(held(false)).isEqualTo(HeldUsage.of(Map.of(HOUR, new BigDecimal("12"))));
        assertThat(server.calls().get(1))
                .doesNotContain("value_grouping_window")
                .contains("start_time=" + HOUR.getEpochSecond());
    }

    @Test
    void nothingHeldIsZeroWhenTheCustomerIsThere() {
        server.then(meters("mtr_1")).then(reply(200, "", NOTHING)).then(reply(200, "", "{\"id\":\"cus_1\"}"));

        assertThat(held(true)).isEqualTo(HeldUsage.of(Map.of()));
    }

    @Test
    void nothingHeldOfADeletedCustomerIsNoAnswer() {
        server.then(meters("mtr_1"))
                .then(reply(200, "", "{\"data\":[" + summary(0, "0") + "]}"))
                .then(reply(200, "", "{\"id\":\"cus_1\",\"deleted\":true}"));

        HeldUsage held = held(false);

        assertThat(held.status()).isEqualTo(Status.NO_SUCH_CUSTOMER);
        assertThat(held.detail()).isEqualTo("the customer cus_1 was deleted");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404})
    void anUnknownCustomerIsNamed(int status) {
        server.then(meters("mtr_1")).then(error(status, "", "No such customer: 'cus_1'"));

        assertThat(held(true).status()).isEqualTo(Status.NO_SUCH_CUSTOMER);
        assertThat(server.calls()).hasSize(2);
    }

    @Test
    void anErrorAboutTheCustomerParameterIsAboutTheCustomer() {
        String body = "{\"error\":{\"type\":\"invalid_request_error\",\"param\":\"customer\",\"message\":\"Invalid\"}}";
        server.then(meters("mtr_1")).then(reply(400, "", body));

        assertThat(held(true).status()).isEqualTo(Status.NO_SUCH_CUSTOMER);
    }

    @Test
    void withoutAnActiveMeterThereIsNoTarget() {
        server.then(reply(200, "", NOTHING));

        HeldUsage held = held(true);

        assertThat(held.status()).isEqualTo(Status.NO_SUCH_TARGET);
        assertThat(held.detail()).isEqualTo("no active meter with the event name tokens");
        assertThat(held(true).status()).isEqualTo(Status.NO_SUCH_TARGET);
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void aMeterThatIsGoneIsLookedUpAgain() {
        server.then(meters("mtr_1"))
                .then(error(404, "", "No such billing meter: 'mtr_1'"))
                .then(meters("mtr_2"))
                .then(reply(200, "", "{\"data\":[" + summary(0, "4") + "]}"));

        assertThat(held(true).total()).contains(new BigDecimal("4"));
        assertThat(server.calls().get(3)).contains("/mtr_2/event_summaries");
    }

    @Test
    void aMeterThatStripeListsButCannotReadIsNoTarget() {
        server.then(meters("mtr_1"))
                .then(error(404, "", "No such billing meter: 'mtr_1'"))
                .then(meters("mtr_1"));

        assertThat(held(true).status()).isEqualTo(Status.NO_SUCH_TARGET);
    }

    @Test
    void aRateLimitSlowsDown() {
        server.then(error(429, "Stripe-Rate-Limited-Reason: endpoint-rate", "Too many"));

        HeldUsage held = held(true);

        assertThat(held.status()).isEqualTo(Status.UNREACHABLE);
        assertThat(held.pressure()).isEqualTo(Pressure.SLOW_DOWN);
        assertThat(held.detail()).startsWith("HTTP 429").contains("endpoint-rate");
    }

    @Test
    void anOutageOrAReplyThatCannotBeReadIsAskedAgainLater() {
        assertOutage(error(500, "", "failed"));
        assertOutage(error(401, "", "Invalid API Key"));
        assertOutage(reply(200, "", ""));
        assertOutage(reply(200, "", "{}"));
        assertOutage(reply(200, "", "{\"data\":[{\"id\":\"mtr_1\"}]}"));
        assertOutage(reply(404, "", "{}"));
        assertOutage(ScriptedServer.reset());
        assertOutage(ScriptedServer.closeWithoutReply());
    }

    @Test
    void aListWithoutEndIsGivenUp() {
        server.then(meters("mtr_1"));
        for (int page = 0; page < 100; page++) {
            server.then(reply(200, "", "{\"data\":[" + summary(0, "1") + "],\"has_more\":true}"));
        }

        HeldUsage held = held(true);

        assertThat(held.status()).isEqualTo(Status.UNREACHABLE);
        assertThat(held.pressure()).isEqualTo(Pressure.NONE);
        assertThat(held.detail()).isEqualTo("Stripe's list has more than 10000 entries");
    }

    @Test
    void allCallsOfAnAnswerShareOneDeadline() {
        Duration third = Duration.ofMillis(400);
        for (int page = 0; page < 5; page++) {
            server.then(later(third, page == 0 ? meters("mtr_1") : pageOf(page)));
        }
        try (StripeReportSender impatient = sender(third.multipliedBy(3))) {
            HeldUsage held = impatient.held(question(true));

            assertThat(held.status()).isEqualTo(Status.UNREACHABLE);
            assertThat(held.detail()).contains("no whole reply within PT1.2S");
        }
        assertThat(server.calls()).hasSizeLessThanOrEqualTo(3);
    }

    private static ScriptedServer.Step later(Duration wait, ScriptedServer.Step step) {
        return (socket, scripted) -> {
            Thread.sleep(wait.toMillis());
            return step.play(socket, scripted);
        };
    }

    private static ScriptedServer.Step pageOf(int hour) {
        return reply(200, "", "{\"data\":[" + summary(hour, "1") + "],\"has_more\":true}");
    }

    private void assertOutage(ScriptedServer.Step step) {
        server.then(step);
        HeldUsage held = held(true);
        assertThat(held.status()).isEqualTo(Status.UNREACHABLE);
        assertThat(held.pressure()).isEqualTo(Pressure.OUTAGE);
        assertThat(held.detail()).isNotEmpty();
    }

    private HeldUsage held(boolean hourly) {
        return sender.held(question(hourly));
    }

    private StripeReportSender sender(Duration deadline) {
        return StripeReportSender.open(StripeSettings.defaults(SecretRef.none("stripe.api-key"))
                .withApiBase(server.base())
                .withCallDeadline(deadline));
    }

    private static UsageQuestion question(boolean hourly) {
        return new UsageQuestion(ReportMode.DELTA, "tokens", "cus_1", HOUR, HOUR.plus(Duration.ofHours(2)), hourly);
    }

    private static ScriptedServer.Step meters(String activeId) {
        return reply(200, "", METERS.formatted(activeId));
    }

    private static String summary(int hour, String value) {
        long start = HOUR.getEpochSecond() + hour * 3_600L;
        return "{\"id\":\"sum_" + hour + "\",\"start_time\":" + start + ",\"end_time\":" + (start + 3_600)
                + ",\"aggregated_value\":" + value + "}";
    }
}
