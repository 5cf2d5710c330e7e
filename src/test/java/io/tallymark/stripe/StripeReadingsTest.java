package io.tallymark.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.simulator.SettableClock;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageReport;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StripeReadingsTest {
    private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(START);
    private StripeSimulator stripe;
    private StripeReadings readings;

    @BeforeEach
    void open() {
        stripe = StripeSimulator.start(0, clock);
        readings = StripeReadings.open(settings(SecretRef.none("stripe.api-key")));
    }

    @AfterEach
    void close() {
        readings.close();
        stripe.close();
    }

    @Test
    void pingIsSilentWhenStripeAnswers() {
        assertThatCode(readings::ping).doesNotThrowAnyException();
    }

    @Test
    void pingSaysThatTheKeyIsRefusedAndWhatToDo() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "sk_wrong_Secret42");
        try (StripeReadings refused = StripeReadings.open(settings(SecretRef.file("stripe.api-key", file)))) {
            assertThatThrownBy(refused::ping).isInstanceOfSatisfying(UserError.class, e -> {
                assertThat(e)
                        .hasMessage("Stripe refused the API key (HTTP 401)")
                        .hasNoCause();
                assertThat(e.remedy()).contains("stripe.api-key").doesNotContain("Secret42");
            });
        }
    }

    @Test
    void pingSaysThatStripeCannotBeReached() {
        stripe.close();

        assertThatThrownBy(readings::ping).isInstanceOfSatisfying(UserError.class, e -> {
            assertThat(e).hasMessageContaining("cannot talk to Stripe at " + stripe.apiBase());
            assertThat(e.remedy()).contains("stripe.api-base");
        });
    }

    @Test
    void aMeterIsFoundByItsEventName() {
        StripeMeter created =
                readings.createMeter("tokens", "Tokens", StripeMeter.Formula.LAST, StripeMeter.Window.DAY);

        assertThat(created.active()).isTrue();
        assertThat(readings.findMeter("tokens")).contains(created);
        assertThat(readings.findMeter("bytes")).isEmpty();
        assertThatThrownBy(
                        () -> readings.createMeter("tokens", "Again", StripeMeter.Formula.SUM, StripeMeter.Window.RAW))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("already exists");
    }

    @Test
    void allPagesOfMetersAreRead() {
        for (int i = 0; i < 205; i++) {
            readings.createMeter("meter-" + i, "Meter", StripeMeter.Formula.SUM, StripeMeter.Window.HOUR);
        }

        assertThat(readings.meters()).extracting(StripeMeter::id).hasSize(205).doesNotHaveDuplicates();
    }

    @Test
    void allPagesOfSummariesAreReadOldestFirst() {
        StripeMeter meter = readings.createMeter("tokens", "Tokens", StripeMeter.Formula.SUM, StripeMeter.Window.HOUR);
        String customer = readings.createCustomer("Acme");
        int hours = 24 * 10;
        clock.set(START.plus(HOUR.multipliedBy(hours)));
        sendEveryHour(customer, hours);

        List<UsageSummary> summaries =
                readings.hourlySummaries(meter.id(), customer, START, START.plus(HOUR.multipliedBy(hours)));

        assertThat(summaries)
                .hasSize(hours)
                .isSortedAccordingTo((a, b) -> a.start().compareTo(b.start()));
        assertThat(summaries.get(7))
                .isEqualTo(new UsageSummary(
                        START.plus(HOUR.multipliedBy(7)), START.plus(HOUR.multipliedBy(8)), BigDecimal.valueOf(8)));
    }

    @Test
    void sumsBeyondADoubleAreReadDigitByDigit() {
        StripeMeter meter = readings.createMeter("tokens", "Tokens", StripeMeter.Formula.SUM, StripeMeter.Window.RAW);
        String customer = readings.createCustomer("Acme");
        send("a", customer, "999999999999999", START);
        send("b", customer, "0.00000000000001", START);

        assertThat(readings.hourlySummaries(meter.id(), customer, START, START.plus(HOUR)))
                .extracting(UsageSummary::value)
                .containsExactly(new BigDecimal("999999999999999.00000000000001"));
    }

    @Test
    void aRangeThatIsNotOnTheHourIsRefusedInStripesWords() {
        StripeMeter meter = readings.createMeter("tokens", "Tokens", StripeMeter.Formula.SUM, StripeMeter.Window.HOUR);

        assertThatThrownBy(() -> readings.hourlySummaries(meter.id(), "cus_1", START.plusSeconds(60), START.plus(HOUR)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("start_time must be aligned with hour boundaries");
    }

    private void sendEveryHour(String customer, int hours) {
        for (int i = 0; i < hours; i++) {
            send("hour-" + i, customer, Integer.toString(i + 1), START.plus(HOUR.multipliedBy(i)));
        }
    }

    private void send(String identifier, String customer, String value, Instant at) {
        try (StripeReportSender sender = StripeReportSender.open(settings(SecretRef.none("stripe.api-key")))) {
            UsageReport event =
                    new UsageReport(identifier, ReportMode.HOURLY_TOTAL, "tokens", customer, new BigDecimal(value), at);
            assertThat(sender.send(event).outcome()).isEqualTo(Outcome.ACCEPTED);
        }
    }

    private StripeSettings settings(SecretRef key) {
        return StripeSettings.defaults(key).withApiBase(stripe.apiBase());
    }
}
