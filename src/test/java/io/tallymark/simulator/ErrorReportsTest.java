package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.StripeClient;
import com.stripe.events.V1BillingMeterErrorReportTriggeredEvent;
import com.stripe.events.V1BillingMeterNoMeterFoundEvent;
import com.stripe.exception.StripeException;
import com.stripe.model.v2.core.Event;
import com.stripe.param.v2.core.EventListParams;
import io.tallymark.simulator.metering.CoreEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ErrorReportsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:03Z");
    private static final Instant WINDOW_END = Instant.parse("2026-11-22T10:00:10Z");
    private static final String PATH = CoreEvents.PATH;

    private final SettableClock clock = new SettableClock(NOW);
    private StripeSimulator simulator;
    private Caller caller;
    private StripeClient stripe;
    private String meter;
    private int sent;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, clock);
        caller = new Caller(simulator);
        stripe = StripeClient.builder()
                .setApiKey("sk_test_reports")
                .setApiBase(simulator.apiBase().toString())
                .build();
        meter = caller.createMeter("tokens", "sum");
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void stripeJavaReadsAReportOfDroppedEvents() throws StripeException {
        drop(7);
        clock.set(WINDOW_END);

        Event thin = stripe.v2()
                .core()
                .events()
                .list(EventListParams.builder().build())
                .getData()
                .get(0);
        Event fetched = stripe.v2().core().events().retrieve(thin.getId());

        assertThat(fetched).isInstanceOfSatisfying(V1BillingMeterErrorReportTriggeredEvent.class, report -> {
            assertThat(report.getRelatedObject().getId()).isEqualTo(meter);
            assertThat(report.getCreated()).isEqualTo(WINDOW_END);
            assertThat(report.getData().getValidationStart()).isEqualTo(WINDOW_END.minusSeconds(10));
            assertThat(report.getData().getValidationEnd()).isEqualTo(WINDOW_END);
            assertThat(report.getData().getDeveloperMessageSummary()).isEqualTo("There are 7 invalid meter events");
            assertThat(report.getData().getReason()).isNotNull();
        });
    }

    @Test
    void stripeJavaFindsTheRelatedMeter() throws StripeException {
        drop(1);
        clock.set(WINDOW_END);

        Event event = stripe.v2().core().events().list().getData().get(0);

        assertThat(((V1BillingMeterErrorReportTriggeredEvent) event)
                        .fetchRelatedObject()
                        .getEventName())
                .isEqualTo("tokens");
    }

    @Test
    void aReportCountsAllAndSamplesFiveOfEachCode() {
        drop(7);
        clock.set(WINDOW_END);

        assertThat(list().get(0).has("data")).as("a list is thin").isFalse();
        JsonNode reason = newest().path("data").path("reason");

        assertThat(reason.path("error_count").asInt()).isEqualTo(7);
        JsonNode type = reason.path("error_types").path(0);
        assertThat(type.path("code").asText()).isEqualTo("meter_event_customer_not_found");
        assertThat(type.path("error_count").asInt()).isEqualTo(7);
        assertThat(type.path("sample_errors")).hasSize(5);
        JsonNode sample = type.path("sample_errors").path(0);
        assertThat(sample.path("error_message").asText()).isEqualTo("Customer cus_nobody not found.");
        assertThat(sample.path("request").path("identifier").asText()).isEqualTo("drop-0");
    }

    @Test
    void aReportAppearsOnceItsWindowIsOver() {
        drop(1);
        clock.set(WINDOW_END.minusMillis(1));
        assertThat(list()).isEmpty();

        clock.set(WINDOW_END);
        assertThat(list()).hasSize(1);
        clock.advance(Duration.ofDays(30));
        assertThat(list()).isEmpty();
    }

    @Test
    void eachMeterAndWindowHasItsReportNewestFirst() {
        drop(1);
        String other = caller.createMeter("bytes", "sum");
        caller.event("bytes", "cus_nobody", "1", NOW.getEpochSecond(), "other");
        clock.advance(Duration.ofSeconds(10));
        drop(1);
        clock.advance(Duration.ofSeconds(10));

        assertThat(list().stream()
                        .map(event -> event.path("related_object").path("id").asText()))
                .containsExactly(meter, other, meter);
    }

    @Test
    void anEventWithoutAMeterIsReportedIfItIsTakenAtAll() throws StripeException {
        assertThat(caller.event("nothing", "cus_1", "1", NOW.getEpochSecond(), "a")
                        .status())
                .isEqualTo(400);
        simulator.acceptUnknownEventNames(true);
        assertThat(caller.event("nothing", "cus_1", "1", NOW.getEpochSecond(), "a")
                        .status())
                .isEqualTo(200);
        clock.set(WINDOW_END);

        Event event = stripe.v2().core().events().list().getData().get(0);

        assertThat(event).isInstanceOf(V1BillingMeterNoMeterFoundEvent.class);
        JsonNode raw = newest();
        assertThat(raw.path("data").toString()).contains("\"no_meter\"", "\"identifier\":\"a\"");
        assertThat(raw.has("related_object")).isFalse();
    }

    @Test
    void aListIsFilteredByTypeAndTime() throws StripeException {
        drop(1);
        clock.set(WINDOW_END);

        assertThat(found(EventListParams.builder().addType("v1.billing.meter.no_meter_found")))
                .isZero();
        assertThat(found(EventListParams.builder()
                        .addType("v1.billing.meter.no_meter_found")
                        .addType("v1.billing.meter.error_report_triggered")))
                .isEqualTo(1);
        assertThat(found(created().setGt(WINDOW_END))).isZero();
        assertThat(found(created().setGte(WINDOW_END))).isEqualTo(1);
        assertThat(found(created().setLt(WINDOW_END))).isZero();
        assertThat(found(created().setLte(WINDOW_END))).isEqualTo(1);
        assertThat(found(EventListParams.builder().setObjectId("mtr_other"))).isZero();
    }

    @Test
    void stripeJavaPagesThroughAll() throws StripeException {
        for (int i = 0; i < 25; i++) {
            drop(1);
            clock.advance(Duration.ofSeconds(10));
        }
        List<String> ids = new ArrayList<>();
        EventListParams params = EventListParams.builder()
                .setLimit(10L)
                .addType("v1.billing.meter.error_report_triggered")
                .build();
        for (Event event : stripe.v2().core().events().list(params).autoPagingIterable()) {
            ids.add(event.getId());
        }

        assertThat(ids).hasSize(25).doesNotHaveDuplicates();
    }

    @Test
    void badQuestionsAreRefused() {
        assertThat(caller.get(PATH, "created[gt]", "yesterday").error("param")).isEqualTo("created[gt]");
        assertThat(caller.get(PATH, "page", "evt_nothing").error("param")).isEqualTo("page");
        assertThat(caller.get(PATH + "/evt_nothing").status()).isEqualTo(404);
    }

    private static EventListParams.Created.Builder created() {
        return EventListParams.Created.builder();
    }

    private int found(EventListParams.Created.Builder created) throws StripeException {
        return found(EventListParams.builder().setCreated(created.build()));
    }

    private int found(EventListParams.Builder params) throws StripeException {
        return stripe.v2().core().events().list(params.build()).getData().size();
    }

    private void drop(int events) {
        for (int i = 0; i < events; i++) {
            caller.event("tokens", "cus_nobody", "1", NOW.getEpochSecond(), "drop-" + sent++);
        }
    }

    private JsonNode newest() {
        return caller.get(PATH + "/" + list().get(0).path("id").asText()).body();
    }

    private List<JsonNode> list() {
        List<JsonNode> events = new ArrayList<>();
        caller.get(PATH).body().path("data").forEach(events::add);
        return events;
    }
}
