package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.simulator.metering.MeterEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SummariesTest {
    private static final long DAY = Instant.parse("2026-11-22T00:00:00Z").getEpochSecond();
    private static final long HOUR = 3_600;

    private final SettableClock clock =
            new SettableClock(Instant.ofEpochSecond(DAY).plus(Duration.ofDays(2)));
    private StripeSimulator simulator;
    private Caller caller;
    private String customer;
    private int sent;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, clock);
        caller = new Caller(simulator);
        customer = caller.createCustomer();
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void aRawMeterCountsEveryEvent() {
        String meter = caller.createMeter("raw", "sum");
        send("raw", "1.1", DAY + 60);
        send("raw", "2.2", DAY + 60);
        send("raw", "4", DAY + HOUR);

        assertThat(byHour(meter)).containsExactly((DAY + HOUR) + "=4", DAY + "=3.3");
    }

    @Test
    void anHourMeterKeepsTheEventReceivedLastWhateverItsTimestamp() {
        String meter = caller.createMeter("hourly", "sum", "event_time_window", "hour");
        send("hourly", "10", DAY + 3_000);
        send("hourly", "7", DAY);
        send("hourly", "4", DAY + HOUR);

        assertThat(byHour(meter)).containsExactly((DAY + HOUR) + "=4", DAY + "=7");
    }

    @Test
    void replayingAnHourMetersTotalsAtAnyAgeChangesNothing() {
        String meter = caller.createMeter("hourly", "sum", "event_time_window", "hour");
        send("hourly", "10", DAY);
        send("hourly", "20", DAY + HOUR);
        clock.advance(Duration.ofDays(20));
        send("hourly", "10", DAY);
        send("hourly", "20", DAY + HOUR);

        assertThat(total(meter)).isEqualTo("30");
    }

    @Test
    void aDayMeterKeepsOneEventADay() {
        String meter = caller.createMeter("daily", "sum", "event_time_window", "day");
        send("daily", "10", DAY);
        send("daily", "7", DAY + 5 * HOUR);

        assertThat(byHour(meter)).containsExactly((DAY + 5 * HOUR) + "=7");
    }

    @Test
    void ofALastMeterTheNewestTimestampWins() {
        String meter = caller.createMeter("last", "last");
        send("last", "5", DAY + HOUR + 20);
        send("last", "9", DAY + HOUR + 10);
        send("last", "3", DAY);

        assertThat(total(meter)).isEqualTo("5");
        assertThat(byHour(meter)).containsExactly((DAY + HOUR) + "=5", DAY + "=3");
    }

    @Test
    void ofEqualTimestampsTheOneReceivedLastWins() {
        String meter = caller.createMeter("last", "last");
        send("last", "5", DAY);
        send("last", "9", DAY);

        assertThat(total(meter)).isEqualTo("9");
    }

    @Test
    void aCountMeterCountsEventsAndNeedsNoValue() {
        String meter = caller.createMeter("count", "count");
        send("count", "100", DAY);
        caller.post(
                MeterEvents.PATH,
                "event_name",
                "count",
                "payload[stripe_customer_id]",
                customer,
                "timestamp",
                Long.toString(DAY));

        assertThat(total(meter)).isEqualTo("2");
    }

    @Test
    void customersAndMetersAreKeptApart() {
        String meter = caller.createMeter("a", "sum");
        caller.createMeter("b", "sum");
        send("a", "1", DAY);
        send("b", "2", DAY);
        caller.event("a", caller.createCustomer(), "4", DAY, "other");

        assertThat(total(meter)).isEqualTo("1");
    }

    @Test
    void theStartIsInsideAndTheEndIsOutside() {
        String meter = caller.createMeter("raw", "sum");
        send("raw", "1", DAY + 59);
        send("raw", "2", DAY + 60);
        send("raw", "4", DAY + 119);
        send("raw", "8", DAY + 120);

        assertThat(values(list(meter, DAY + 60, DAY + 120))).containsExactly("6");
    }

    @Test
    void valuesAreExactDecimals() {
        String meter = caller.createMeter("raw", "sum");
        send("raw", "999999999999999", DAY);
        send("raw", "0.00000000000001", DAY);

        Caller.Reply reply = list(meter, DAY, DAY + HOUR);

        assertThat(reply.http().body()).contains("\"aggregated_value\":999999999999999.00000000000001,");
    }

    @Test
    void withoutUsageTheWholeIsZeroAndWindowsAreLeftOut() {
        String meter = caller.createMeter("raw", "sum");

        assertThat(total(meter)).isEqualTo("0");
        assertThat(byHour(meter)).isEmpty();
    }

    @Test
    void pagesGoOnAfterAnEntryUntilThereIsNoMore() {
        String meter = caller.createMeter("raw", "sum");
        for (int hour = 0; hour < 25; hour++) {
            send("raw", Integer.toString(hour), DAY + hour * HOUR);
        }
        Caller.Reply first = page(meter, "limit", "12");
        Caller.Reply second = page(meter, "limit", "12", "starting_after", last(first));
        Caller.Reply third = page(meter, "limit", "12", "starting_after", last(second));

        List<String> all = new ArrayList<>(values(first));
        all.addAll(values(second));
        all.addAll(values(third));
        assertThat(all).hasSize(25).doesNotHaveDuplicates();
        assertThat(first.body().path("has_more").asBoolean()).isTrue();
        assertThat(third.body().path("has_more").asBoolean()).isFalse();
        assertThat(values(page(meter, "ending_before", last(first), "limit", "5")))
                .isEqualTo(all.subList(6, 11));
        assertThat(values(page(meter))).hasSize(10);
    }

    @ParameterizedTest
    @CsvSource({
        "start_time, 30, is no whole minute",
        "end_time, 90, is no whole minute",
        "start_time, soon, is no number",
        "end_time, 0, is not after the start",
        "limit, 0, is below the range",
        "limit, 101, is above the range",
        "starting_after, mtrusg_nothing, is not in the list",
        "value_grouping_window, minute, is no window",
        "customer, '', is missing"
    })
    void aBadParameterIsNamed(String param, String value, String why) {
        String meter = caller.createMeter("raw", "sum");
        String[] query = {"start_time", "0", "end_time", "60", "customer", customer, param, value};

        Caller.Reply reply = caller.get("/v1/billing/meters/" + meter + "/event_summaries", query);

        assertThat(reply.status()).as(why).isEqualTo(400);
        assertThat(reply.error("param")).isEqualTo(param);
    }

    @Test
    void groupingByHourOrDayNeedsBoundsOnTheHourOrDay() {
        String meter = caller.createMeter("raw", "sum");

        assertThat(grouped(meter, "hour", DAY, DAY + 60).error("message"))
                .isEqualTo("end_time must be aligned with hour boundaries.");
        assertThat(grouped(meter, "day", DAY + HOUR, DAY + 24 * HOUR).error("message"))
                .isEqualTo("start_time must be aligned with UTC day boundaries.");
        assertThat(grouped(meter, "day", DAY, DAY + 24 * HOUR).status()).isEqualTo(200);
    }

    @Test
    void anUnknownMeterIsNotFound() {
        Caller.Reply reply = list("mtr_nothing", DAY, DAY + HOUR);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error("code")).isEqualTo("resource_missing");
    }

    private void send(String eventName, String value, long timestamp) {
        assertThat(caller.event(eventName, customer, value, timestamp, "event-" + sent++)
                        .status())
                .isEqualTo(200);
    }

    private String total(String meter) {
        return values(list(meter, DAY, DAY + 48 * HOUR)).get(0);
    }

    private List<String> byHour(String meter) {
        return entries(page(meter)).stream()
                .map(summary -> summary.path("start_time").asText() + "="
                        + summary.path("aggregated_value").asText())
                .toList();
    }

    private Caller.Reply list(String meter, long start, long end) {
        return caller.get(
                "/v1/billing/meters/" + meter + "/event_summaries",
                "customer",
                customer,
                "start_time",
                Long.toString(start),
                "end_time",
                Long.toString(end));
    }

    private Caller.Reply grouped(String meter, String window, long start, long end) {
        return caller.get(
                "/v1/billing/meters/" + meter + "/event_summaries",
                "customer",
                customer,
                "start_time",
                Long.toString(start),
                "end_time",
                Long.toString(end),
                "value_grouping_window",
                window);
    }

    private Caller.Reply page(String meter, String... more) {
        List<String> query = new ArrayList<>(List.of(
                "customer",
                customer,
                "start_time",
                Long.toString(DAY),
                "end_time",
                Long.toString(DAY + 48 * HOUR),
                "value_grouping_window",
                "hour"));
        query.addAll(List.of(more));
        return caller.get("/v1/billing/meters/" + meter + "/event_summaries", query.toArray(String[]::new));
    }

    private static String last(Caller.Reply page) {
        List<JsonNode> entries = entries(page);
        return entries.get(entries.size() - 1).path("id").asText();
    }

    private static List<String> values(Caller.Reply reply) {
        return entries(reply).stream()
                .map(summary -> summary.path("aggregated_value").asText())
                .toList();
    }

    private static List<JsonNode> entries(Caller.Reply reply) {
        return StreamSupport.stream(reply.body().path("data").spliterator(), false)
                .toList();
    }
}
