package io.tallymark.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.simulator.metering.AggregateUsage;
import io.tallymark.simulator.metering.LegacyItem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class UsageRecordsTest {
    private static final String VERSION = "2025-02-24.acacia";
    private static final Instant ANCHOR = Instant.parse("2026-10-05T00:00:00Z");
    private static final Instant BOUNDARY = Instant.parse("2026-11-05T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final SettableClock clock = new SettableClock(NOW);
    private StripeSimulator simulator;
    private Caller caller;
    private String item;

    @BeforeEach
    void open() {
        simulator = StripeSimulator.start(0, clock);
        caller = new Caller(simulator);
        item = simulator.createLegacyItem("cus_1", ANCHOR);
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void aRecordIsEchoedAndCounts() {
        Caller.Reply reply = record("quantity", "7", "timestamp", at(NOW));

        assertThat(reply.text("object")).isEqualTo("usage_record");
        assertThat(reply.text("id")).startsWith("mbur_");
        assertThat(reply.text("subscription_item")).isEqualTo(item);
        assertThat(reply.body().path("quantity").asInt()).isEqualTo(7);
        assertThat(reply.body().path("timestamp").asText()).isEqualTo(at(NOW));
        assertThat(reply.body().path("livemode").asBoolean(true)).isFalse();
        assertThat(billed()).isEqualTo(7);
    }

    @Test
    void incrementsAtOneTimestampAddUpAndASetOverwritesThem() {
        record("quantity", "7", "timestamp", at(NOW));
        record("quantity", "2", "timestamp", at(NOW), "action", "increment");
        record("quantity", "1", "timestamp", at(NOW.minusSeconds(1)));
        assertThat(billed()).isEqualTo(10);

        record("quantity", "4", "timestamp", at(NOW), "action", "set");
        record("quantity", "4", "timestamp", at(NOW), "action", "set");
        assertThat(billed()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", ""})
    void withoutATimestampItIsNow(String timestamp) {
        assertThat(record("quantity", "7", "timestamp", timestamp)
                        .body()
                        .path("timestamp")
                        .asText())
                .isEqualTo(at(NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "many", ""})
    void aQuantityIsAWholeNumberFromZero(String quantity) {
        assertThat(record("quantity", quantity).error("param")).isEqualTo("quantity");
        assertThat(record("quantity", "0").status()).isEqualTo(200);
    }

    @Test
    void aTimestampIsOfTheCurrentPeriodAndNotAhead() {
        assertThat(record("quantity", "1", "timestamp", at(BOUNDARY)).status()).isEqualTo(200);
        assertThat(record("quantity", "1", "timestamp", at(BOUNDARY.minusSeconds(1)))
                        .error("param"))
                .isEqualTo("timestamp");
        assertThat(record("quantity", "1", "timestamp", at(NOW.plusSeconds(1))).error("param"))
                .isEqualTo("timestamp");
    }

    @Test
    void usageOfThePeriodBeforeIsTakenForFiveMinutes() {
        clock.set(BOUNDARY.plus(Duration.ofMinutes(5)).minusSeconds(1));
        assertThat(record("quantity", "1", "timestamp", at(ANCHOR)).status()).isEqualTo(200);
        assertThat(record("quantity", "1", "timestamp", at(ANCHOR.minusSeconds(1)))
                        .status())
                .isEqualTo(400);

        clock.advance(Duration.ofSeconds(1));
        assertThat(record("quantity", "1", "timestamp", at(ANCHOR)).status()).isEqualTo(400);
        assertThat(record("quantity", "1", "timestamp", at(BOUNDARY)).status()).isEqualTo(200);
    }

    @Test
    void withBillingThresholdsOnlyIncrementsAreAllowed() {
        item = simulator.createLegacyItem("cus_1", ANCHOR, AggregateUsage.SUM, true);

        assertThat(record("quantity", "1", "action", "set").error("param")).isEqualTo("action");
        assertThat(record("quantity", "1", "action", "increment").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-03-31.basil", "2026-09-30.endive", "", "acacia"})
    void aLaterVersionHasNoSuchUrl(String version) {
        Caller.Reply reply = caller.postWith("Stripe-Version", version, path("usage_records"), "quantity", "1");

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error("message")).startsWith("Unrecognized request URL (POST: " + path("usage_records"));
        assertThat(caller.getWith("Stripe-Version", version, path("usage_record_summaries"))
                        .status())
                .isEqualTo(404);
        assertThat(caller.postWith("Stripe-Version", "2022-11-15", path("usage_records"), "quantity", "1")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void anAccountMayLoseUsageRecords() {
        simulator.legacy(false);

        assertThat(record("quantity", "1").status()).isEqualTo(404);
        assertThat(record("quantity", "1").error("type")).isEqualTo("invalid_request_error");
        simulator.legacy(true);
        assertThat(record("quantity", "1").status()).isEqualTo(200);
    }

    @Test
    void anUnknownItemIsNotFound() {
        item = "si_nothing";

        assertThat(record("quantity", "1").error("code")).isEqualTo("resource_missing");
    }

    @Test
    void summariesShowEachPeriodNewestFirst() {
        clock.set(BOUNDARY.minusSeconds(1));
        record("quantity", "3");
        clock.set(NOW);
        record("quantity", "7");

        assertThat(totals()).containsExactly(7L, 3L);
        JsonNode newest = summaries().body().path("data").path(0);
        assertThat(newest.path("object").asText()).isEqualTo("usage_record_summary");
        assertThat(newest.path("subscription_item").asText()).isEqualTo(item);
        assertThat(newest.path("period").path("start").asText()).isEqualTo(at(BOUNDARY));
        assertThat(newest.path("period").path("end").asText()).isEqualTo(at(Instant.parse("2026-12-05T00:00:00Z")));
        assertThat(newest.path("invoice").isNull()).isTrue();
        assertThat(newest.has("livemode")).isTrue();
    }

    @Test
    void summariesAreCutIntoPages() {
        Caller.Reply first = summaries("limit", "1");
        String id = first.body().path("data").path(0).path("id").asText();

        assertThat(first.body().path("has_more").asBoolean()).isTrue();
        assertThat(summaries("limit", "1", "starting_after", id)
                        .body()
                        .path("has_more")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void summariesLagAndTheInvoiceDoesNot() {
        simulator.summaryLag(Duration.ofMinutes(10));
        record("quantity", "7");
        assertThat(totals()).containsExactly(0L, 0L);
        assertThat(billed()).isEqualTo(7);

        clock.advance(Duration.ofMinutes(10));
        assertThat(totals()).containsExactly(7L, 0L);
    }

    @ParameterizedTest
    @CsvSource({"SUM, 12", "MAX, 7", "LAST_DURING_PERIOD, 1", "LAST_EVER, 1"})
    void aPeriodIsAggregatedAsItsPriceSays(AggregateUsage aggregate, long expected) {
        item = simulator.createLegacyItem("cus_1", ANCHOR, aggregate, false);
        record("quantity", "1", "timestamp", at(NOW));
        record("quantity", "7", "timestamp", at(NOW.minusSeconds(2)));
        record("quantity", "4", "timestamp", at(NOW.minusSeconds(1)));

        assertThat(billed()).isEqualTo(expected);
    }

    @Test
    void lastEverReachesIntoEarlierPeriods() {
        item = simulator.createLegacyItem("cus_1", ANCHOR, AggregateUsage.LAST_EVER, false);
        record("quantity", "4");
        clock.advance(Duration.ofDays(30));

        assertThat(totals().get(0)).isEqualTo(4);
    }

    @Test
    void oneCallAtATimeIsTakenPerItem() {
        simulator.faults().latency(Duration.ofSeconds(1));
        List<CompletableFuture<Caller.Reply>> calls = Stream.of("1", "1")
                .map(quantity -> CompletableFuture.supplyAsync(() -> record("quantity", quantity)))
                .toList();

        assertThat(calls.stream().map(call -> call.join().status())).containsExactlyInAnyOrder(200, 429);
        assertThat(calls.stream().map(call -> call.join().error("code"))).contains("lock_timeout");
        assertThat(billed()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-31T00:00:00Z, 2026-02-28T00:00:00Z, 2026-02-28T00:00:00Z, 2026-03-31T00:00:00Z",
        "2026-01-31T00:00:00Z, 2026-02-27T23:59:59Z, 2026-01-31T00:00:00Z, 2026-02-28T00:00:00Z",
        "2026-01-31T00:00:00Z, 2026-03-30T12:00:00Z, 2026-02-28T00:00:00Z, 2026-03-31T00:00:00Z",
        "2026-01-31T06:30:00Z, 2026-03-31T06:29:59Z, 2026-02-28T06:30:00Z, 2026-03-31T06:30:00Z",
        "2026-01-31T00:00:00Z, 2025-12-31T00:00:00Z, 2025-12-31T00:00:00Z, 2026-01-31T00:00:00Z"
    })
    void periodsAreMonthsFromTheAnchor(Instant anchor, Instant now, Instant start, Instant end) {
        LegacyItem.Period period = new LegacyItem("si_1", "cus_1", anchor, AggregateUsage.SUM, false).periodOf(now);

        assertThat(Instant.ofEpochSecond(period.start())).isEqualTo(start);
        assertThat(Instant.ofEpochSecond(period.end())).isEqualTo(end);
    }

    private Caller.Reply record(String... form) {
        return caller.postWith("Stripe-Version", VERSION, path("usage_records"), form);
    }

    private Caller.Reply summaries(String... query) {
        return caller.getWith("Stripe-Version", VERSION, path("usage_record_summaries"), query);
    }

    private List<Long> totals() {
        List<Long> totals = new ArrayList<>();
        summaries()
                .body()
                .path("data")
                .forEach(period -> totals.add(period.path("total_usage").asLong()));
        return totals;
    }

    private long billed() {
        return simulator
                .billedRecords(item, BOUNDARY, BOUNDARY.plus(Duration.ofDays(30)))
                .longValueExact();
    }

    private String path(String endpoint) {
        return "/v1/subscription_items/" + item + "/" + endpoint;
    }

    private static String at(Instant instant) {
        return Long.toString(instant.getEpochSecond());
    }
}
