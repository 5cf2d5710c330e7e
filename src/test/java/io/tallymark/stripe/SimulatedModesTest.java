package io.tallymark.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.SettableClock;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.HeldUsage.Status;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every mode against the simulator: sent, read back and compared with what an invoice would show. */
class SimulatedModesTest {
    private static final Instant PERIOD = Instant.parse("2026-11-01T00:00:00Z");
    private static final Instant NEXT_PERIOD = Instant.parse("2026-12-01T00:00:00Z");
    private static final Instant HOUR = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant NEXT_HOUR = HOUR.plus(Duration.ofHours(1));

    private final SettableClock clock = new SettableClock(HOUR.plus(Duration.ofMinutes(90)));
    private StripeSimulator stripe;
    private StripeSettings settings;
    private StripeReadings readings;
    private ReportSender sender;
    private String customer;
    private String item;

    @BeforeEach
    void open() {
        stripe = StripeSimulator.start(0, clock);
        settings = StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(stripe.apiBase());
        readings = StripeReadings.open(settings);
        sender = StripeReportSender.open(settings);
        customer = readings.createCustomer("Acme");
        item = stripe.createLegacyItem(customer, PERIOD);
        for (ReportMode mode : Set.of(ReportMode.HOURLY_TOTAL, ReportMode.DELTA, ReportMode.PERIOD_TOTAL)) {
            readings.createMeter(mode.configName(), "m", MeterCheck.formula(mode), MeterCheck.window(mode));
        }
    }

    @AfterEach
    void close() {
        sender.close();
        readings.close();
        stripe.close();
    }

    @Test
    void hourlyTotalsReplaceEachOther() {
        send(ReportMode.HOURLY_TOTAL, "a", "3");
        send(ReportMode.HOURLY_TOTAL, "b", "5");

        assertThat(held(ReportMode.HOURLY_TOTAL, true)).isEqualTo(Map.of(HOUR, new BigDecimal("5")));
    }

    @Test
    void deltasAddUp() {
        send(ReportMode.DELTA, "a", "3");
        send(ReportMode.DELTA, "b", "-0.5");

        assertThat(held(ReportMode.DELTA, true)).isEqualTo(Map.of(HOUR, new BigDecimal("2.5")));
        assertThat(held(ReportMode.DELTA, false)).isEqualTo(Map.of(PERIOD, new BigDecimal("2.5")));
    }

    @Test
    void theNewestPeriodTotalCounts() {
        send(ReportMode.PERIOD_TOTAL, "a", "3");
        send(ReportMode.PERIOD_TOTAL, "b", "8");

        assertThat(held(ReportMode.PERIOD_TOTAL, false).values())
                .singleElement()
                .satisfies(v -> assertThat(v).isEqualByComparingTo("8"));
    }

    @Test
    void usageRecordsAreSetOrAdded() {
        send(ReportMode.USAGE_RECORD_SET, "a", "7");
        send(ReportMode.USAGE_RECORD_SET, "b", "5");
        send(ReportMode.USAGE_RECORD_INCREMENT, "c", "2");
        send(ReportMode.USAGE_RECORD_INCREMENT, "c", "2");

        assertThat(held(ReportMode.USAGE_RECORD_SET, false)).isEqualTo(Map.of(PERIOD, new BigDecimal("7")));
    }

    @Test
    void anotherValueUnderTheKeyOfAnIncrementIsDoubtful() {
        send(ReportMode.USAGE_RECORD_INCREMENT, "c", "2");

        assertThat(sender.send(report(ReportMode.USAGE_RECORD_INCREMENT, "c", "3"))
                        .outcome())
                .isEqualTo(Outcome.DOUBTFUL);
    }

    @Test
    void anAccountThatLostUsageRecordsSaysSo() {
        stripe.legacy(false);

        assertThat(sender.send(report(ReportMode.USAGE_RECORD_SET, "a", "1")).detail())
                .contains("move the meter to a billing meter");
        assertThat(sender.held(question(ReportMode.USAGE_RECORD_SET, false)).status())
                .isEqualTo(Status.NO_SUCH_TARGET);
        assertThat(readings.usageRecordProblem(item)).isPresent();
    }

    @Test
    void droppedEventsAreReadAsAlarms() throws Exception {
        UsageReport lost = new UsageReport("lost", ReportMode.DELTA, "delta", "cus_gone", BigDecimal.ONE, HOUR);
        assertThat(sender.send(lost).outcome()).isEqualTo(Outcome.ACCEPTED);
        clock.set(clock.instant().plus(Duration.ofHours(1)));

        try (StripeErrorEvents events = StripeErrorEvents.open(settings)) {
            assertThat(events.since(HOUR, clock.instant())).singleElement().satisfies(report -> {
                assertThat(report.type()).isEqualTo(MeterErrorReport.ERROR_REPORT_TRIGGERED);
                assertThat(report.samples()).singleElement().satisfies(sample -> {
                    assertThat(sample.isOf("lost")).isTrue();
                    assertThat(sample.code()).isEqualTo("meter_event_customer_not_found");
                });
            });
            assertThat(events.since(clock.instant().plusSeconds(2), clock.instant()))
                    .isEmpty();
        }
        assertThat(sender.held(new UsageQuestion(ReportMode.DELTA, "delta", "cus_gone", HOUR, NEXT_HOUR, true))
                        .status())
                .isEqualTo(Status.NO_SUCH_CUSTOMER);
    }

    private void send(ReportMode mode, String identifier, String value) {
        assertThat(sender.send(report(mode, identifier, value)).outcome()).isEqualTo(Outcome.ACCEPTED);
    }

    private Map<Instant, BigDecimal> held(ReportMode mode, boolean hourly) {
        return sender.held(question(mode, hourly)).values();
    }

    private UsageQuestion question(ReportMode mode, boolean hourly) {
        Instant end = mode.isUsageRecord() ? NEXT_PERIOD : NEXT_HOUR;
        return new UsageQuestion(mode, target(mode), customer, hourly ? HOUR : PERIOD, end, hourly);
    }

    private UsageReport report(ReportMode mode, String identifier, String value) {
        Instant at = mode == ReportMode.PERIOD_TOTAL && identifier.equals("b") ? HOUR.plusSeconds(60) : HOUR;
        return new UsageReport(identifier, mode, target(mode), customer, new BigDecimal(value), at);
    }

    private String target(ReportMode mode) {
        return mode.isUsageRecord() ? item : mode.configName();
    }
}
