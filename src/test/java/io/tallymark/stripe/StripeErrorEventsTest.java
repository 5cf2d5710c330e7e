package io.tallymark.stripe;

import static io.tallymark.stripe.DeliveryTableTest.error;
import static io.tallymark.stripe.ScriptedServer.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.stripe.MeterErrorReport.Sample;
import io.tallymark.usage.Delivery.Pressure;
import io.tallymark.usage.SecretRef;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripeErrorEventsTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final String TRIGGERED = MeterErrorReport.ERROR_REPORT_TRIGGERED;

    private ScriptedServer server;
    private StripeErrorEvents events;

    @BeforeEach
    void open() throws IOException {
        server = new ScriptedServer();
        events = StripeErrorEvents.open(
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(server.base()));
    }

    @AfterEach
    void close() throws IOException {
        events.close();
        server.close();
    }

    @Test
    void reportsAreReadFromAllPagesOldestFirst() throws Exception {
        server.then(page("\"/v2/core/events?page=p2\"", event("evt_2", TRIGGERED, NOON.plusSeconds(2))))
                .then(page("null", event("evt_1", MeterErrorReport.NO_METER_FOUND, NOON.plusSeconds(1))));

        assertThat(events.since(NOON, NOON.plusSeconds(3600)))
                .extracting(MeterErrorReport::eventId)
                .containsExactly("evt_1", "evt_2");
        assertThat(firstLine(0))
                .contains("GET /v2/core/events?", "created[gt]=2026-11-22T11:59:59Z", "limit=100")
                .contains(TRIGGERED, MeterErrorReport.NO_METER_FOUND)
                .doesNotContain("lte");
        assertThat(firstLine(1)).contains("GET /v2/core/events?page=p2 ");
    }

    @Test
    void aReportNamesItsMeterAndSamples() throws Exception {
        server.then(page("null", event("evt_1", TRIGGERED, NOON)));

        assertThat(events.since(NOON, NOON))
                .containsExactly(new MeterErrorReport(
                        "evt_1",
                        NOON,
                        TRIGGERED,
                        "mtr_1",
                        List.of(new Sample(
                                "meter_event_customer_not_found", "id-7-0a1b2c3d", "No customer with [key]"))));
    }

    @Test
    void anEventOfTheListWithoutDataIsFetched() throws Exception {
        server.then(page("null", thin("evt_1", NOON))).then(reply(200, "", event("evt_1", TRIGGERED, NOON)));

        assertThat(events.since(NOON, NOON.plusSeconds(3600)))
                .singleElement()
                .satisfies(report -> assertThat(report.samples()).hasSize(1));
        assertThat(firstLine(1)).contains("GET /v2/core/events/evt_1 ");
    }

    @Test
    void aNotificationIsFetchedAndNotBelieved() throws Exception {
        server.then(reply(200, "", event("evt_1", TRIGGERED, NOON)));
        String forged = event("evt_1", TRIGGERED, NOON).replace("mtr_1", "mtr_forged");

        assertThat(events.ofNotification(forged).orElseThrow().meterId()).isEqualTo("mtr_1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no json", "[]", "{}", "{\"type\":\"invoice.created\",\"id\":\"evt_1\"}"})
    void aPayloadAboutSomethingElseIsNoReport(String payload) throws Exception {
        assertThat(events.ofNotification(payload)).isEmpty();
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void anEventThatStripeDoesNotKnowIsNoReport() throws Exception {
        server.then(error(404, "", "No such event: 'evt_1'"));

        assertThat(events.ofNotification(thin("evt_1", NOON))).isEmpty();
    }

    @Test
    void anAddressOutsideTheEventsIsNotFollowed() {
        server.then(page("\"@127.0.0.1:1/v2/core/events\"", event("evt_1", TRIGGERED, NOON)));

        assertThatThrownBy(() -> events.since(NOON, NOON.plusSeconds(3600)))
                .isInstanceOf(StripeUnavailableException.class)
                .hasMessageContaining("no meter error event");
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void whateverFailsIsUnavailable() {
        assertUnavailable(error(500, "", "failed"), Pressure.OUTAGE);
        assertUnavailable(error(409, "", "busy"), Pressure.NONE);
        assertUnavailable(error(429, "Stripe-Rate-Limited-Reason: global-rate", "Too many"), Pressure.SLOW_DOWN);
        assertUnavailable(reply(200, "", "{}"), Pressure.OUTAGE);
        assertUnavailable(page("null", "{\"type\":\"" + TRIGGERED + "\",\"data\":{}}"), Pressure.OUTAGE);
        assertUnavailable(ScriptedServer.reset(), Pressure.OUTAGE);
    }

    @Test
    void aLimitOfTheNewApiSlowsDown() {
        assertUnavailable(
                reply(
                        429,
                        "",
                        "{\"error\":{\"type\":\"rate_limit\",\"code\":\"rate_limit\",\"message\":\"Too many\"}}"),
                Pressure.SLOW_DOWN);
    }

    @Test
    void aWaitThatIsAskedForIsSaid() {
        server.then(error(503, "Retry-After: 3", "busy"));

        assertThatThrownBy(() -> events.since(NOON, NOON.plusSeconds(3600)))
                .isInstanceOfSatisfying(
                        StripeUnavailableException.class,
                        e -> assertThat(e.retryAfterMillis()).isEqualTo(3_000));
    }

    @Test
    void ofTooManyTheOldestAreReadUpToOneThatIsNew() throws Exception {
        moreThanAnAnswerHolds();
        server.then(page("null", event("evt_known", TRIGGERED, NOON)));
        moreThanAnAnswerHolds();
        server.then(page("null", event("evt_new", TRIGGERED, NOON.plusSeconds(2_400))));

        assertThat(events.since(NOON, NOON.plusSeconds(7_199)))
                .extracting(MeterErrorReport::eventId)
                .containsExactly("evt_known", "evt_new");
        assertThat(spans())
                .containsExactly(
                        "2026-11-22T11:59:59Z to ever",
                        "2026-11-22T11:59:59Z to 2026-11-22T12:59:59Z",
                        "2026-11-22T12:59:59Z to 2026-11-22T13:29:59Z",
                        "2026-11-22T12:59:59Z to 2026-11-22T13:14:59Z");
    }

    @Test
    void moreThanAnAnswerHoldsWithinASecondIsSaid() {
        moreThanAnAnswerHolds();
        moreThanAnAnswerHolds();
        moreThanAnAnswerHolds();

        assertThatThrownBy(() -> events.since(NOON, NOON.plusSeconds(1)))
                .isInstanceOf(StripeUnavailableException.class)
                .hasMessageContaining("within a second of 2026-11-22T11:59:59Z");
    }

    @Test
    void whatWasFetchedBeforeAFailureIsNotInVain() throws Exception {
        server.then(page("null", thin("evt_2", NOON.plusSeconds(9)) + "," + thin("evt_1", NOON.plusSeconds(5))))
                .then(reply(200, "", event("evt_1", TRIGGERED, NOON.plusSeconds(5))))
                .then(error(500, "", "failed"));

        assertThat(events.since(NOON, NOON.plusSeconds(10)))
                .extracting(MeterErrorReport::eventId)
                .containsExactly("evt_1");
    }

    private void moreThanAnAnswerHolds() {
        for (int page = 0; page < 5; page++) {
            server.then(page("\"/v2/core/events?page=again\"", event("evt_1", TRIGGERED, NOON)));
        }
    }

    private List<String> spans() {
        return IntStream.range(0, server.calls().size())
                .mapToObj(this::firstLine)
                .filter(line -> line.contains("created[gt]"))
                .map(line -> bound(line, "gt") + " to " + bound(line, "lte"))
                .toList();
    }

    private static String bound(String line, String operator) {
        Matcher matcher =
                Pattern.compile("created\\[" + operator + "]=([^& ]+)").matcher(line);
        return matcher.find() ? matcher.group(1) : "ever";
    }

    private void assertUnavailable(ScriptedServer.Step step, Pressure pressure) {
        server.then(step);
        assertThatThrownBy(() -> events.since(NOON, NOON.plusSeconds(3600)))
                .isInstanceOfSatisfying(
                        StripeUnavailableException.class,
                        e -> assertThat(e.pressure()).isEqualTo(pressure))
                .hasNoCause();
    }

    private String firstLine(int call) {
        return URLDecoder.decode(server.calls().get(call).lines().findFirst().orElseThrow(), StandardCharsets.UTF_8);
    }

    private static ScriptedServer.Step page(String nextPageUrl, String event) {
        return reply(200, "", "{\"data\":[" + event + "],\"next_page_url\":" + nextPageUrl + "}");
    }

    private static String thin(String id, Instant created) {
        return "{\"id\":\"" + id + "\",\"object\":\"v2.core.event\",\"type\":\"" + TRIGGERED + "\",\"created\":\""
                + created + "\"}";
    }

    static String event(String id, String type, Instant created) {
        return """
            {"id":"%s","object":"v2.core.event","type":"%s","created":"%s","related_object":{"id":"mtr_1"},
             "data":{"reason":{"error_count":1,"error_types":[{"code":"meter_event_customer_not_found","error_count":1,
              "sample_errors":[{"error_message":"No customer with sk_test_Secret42",
               "request":{"identifier":"id-7-0a1b2c3d"}}]}]}}}""".formatted(id, type, created);
    }
}
