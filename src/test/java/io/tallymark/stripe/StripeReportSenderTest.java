package io.tallymark.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.SettableClock;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.simulator.call.LoggedRequest;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sender against the simulator; what came of it is read back from Stripe's side. */
class StripeReportSenderTest {
    private static final Instant HOUR = Instant.parse("2026-11-22T10:00:00Z");

    private final SettableClock clock = new SettableClock(HOUR.plus(Duration.ofMinutes(90)));
    private StripeSimulator stripe;
    private StripeReadings readings;
    private ReportSender sender;
    private StripeMeter meter;
    private String customer;

    @BeforeEach
    void open() {
        stripe = StripeSimulator.start(0, clock);
        StripeSettings settings = settings(SecretRef.none("stripe.api-key"));
        readings = StripeReadings.open(settings);
        sender = StripeReportSender.open(settings);
        meter = readings.createMeter("tokens", "Tokens", StripeMeter.Formula.SUM, StripeMeter.Window.HOUR);
        customer = readings.createCustomer("Acme");
    }

    @AfterEach
    void close() {
        sender.close();
        readings.close();
        stripe.close();
    }

    @Test
    void anAcceptedEventIsCountedByStripe() {
        Delivery delivery = sender.send(event("a", "12.5"));

        assertThat(delivery.outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(delivery.requestId()).startsWith("req_");
        assertThat(counted())
                .containsExactly(new UsageSummary(HOUR, HOUR.plus(Duration.ofHours(1)), new BigDecimal("12.5")));
    }

    @Test
    void theSameIdentifierAgainIsAcceptedAndCountsOnce() {
        StripeMeter raw = readings.createMeter("raw", "Raw", StripeMeter.Formula.SUM, StripeMeter.Window.RAW);
        UsageReport event = new UsageReport("a", ReportMode.HOURLY_TOTAL, "raw", customer, BigDecimal.TEN, HOUR);

        assertThat(sender.send(event).outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(sender.send(event).outcome()).isEqualTo(Outcome.ACCEPTED);

        assertThat(readings.hourlySummaries(raw.id(), customer, HOUR, HOUR.plus(Duration.ofHours(1))))
                .extracting(UsageSummary::value)
                .containsExactly(BigDecimal.TEN);
    }

    @Test
    void aNewTotalForTheHourReplacesTheOldOne() {
        sender.send(event("a-1", "10"));
        sender.send(event("a-2", "7"));

        assertThat(counted()).extracting(UsageSummary::value).containsExactly(new BigDecimal("7"));
    }

    @Test
    void theCallCarriesPlainDigitsAndWholeSeconds() {
        sender.send(new UsageReport(
                "a", ReportMode.HOURLY_TOTAL, "tokens", customer, new BigDecimal("1.2E+4"), HOUR.plusMillis(1_999)));

        List<LoggedRequest> requests = stripe.requests();
        assertThat(requests.get(requests.size() - 1).params())
                .isEqualTo(Map.of(
                        "event_name", "tokens",
                        "payload[stripe_customer_id]", customer,
                        "payload[value]", "12000",
                        "identifier", "a",
                        "timestamp", Long.toString(HOUR.getEpochSecond() + 1)));
    }

    @Test
    void trailingZerosAreNotSentBecauseStripeCountsDigits() {
        assertThat(sender.send(event("a", "1.50000000000000000000")).outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(sender.send(event("b", "0E+20")).outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(sender.send(event("c", "1.5000000000000001")).outcome()).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void anEventThatStripeCannotTakeIsRejectedWithItsReason() {
        Delivery delivery = sender.send(
                new UsageReport("a", ReportMode.HOURLY_TOTAL, "no-such-meter", customer, BigDecimal.ONE, HOUR));

        assertThat(delivery.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(delivery.detail()).contains("HTTP 400", "No active meter found", "no-such-meter");
    }

    @Test
    void aKeyThatStripeRefusesShowsNowhere(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "sk_wrong_Secret42");
        StripeSettings settings = settings(SecretRef.file("stripe.api-key", file));
        try (ReportSender refused = StripeReportSender.open(settings)) {
            Delivery delivery = refused.send(event("a", "1"));

            assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(delivery.detail()).startsWith("HTTP 401");
            assertThat(delivery + " " + refused + " " + settings).doesNotContain("Secret42");
        }
    }

    @Test
    void aKeyThatWasRotatedNeedsNoRestart(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "sk_wrong_Secret42");
        try (ReportSender rotated = StripeReportSender.open(settings(SecretRef.file("stripe.api-key", file)))) {
            assertThat(rotated.send(event("a", "1")).outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(rotated.send(event("a", "1")).outcome())
                    .as("nothing changed")
                    .isEqualTo(Outcome.UNKNOWN);
            Files.writeString(file, "sk_test_New");

            assertThat(rotated.send(event("a", "1")).detail())
                    .as("the call is not repeated")
                    .startsWith("HTTP 401");
            assertThat(rotated.send(event("a", "1")).outcome()).isEqualTo(Outcome.ACCEPTED);
        }
    }

    @Test
    void theFactoryTravelsWithoutTheKey(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "sk_test_Secret42");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new StripeSenderFactory(settings(SecretRef.file("stripe.api-key", file))));
        }
        ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));

        try (ReportSender arrived = ((ReportSender.Factory) in.readObject()).open()) {
            assertThat(arrived.send(event("a", "1")).outcome()).isEqualTo(Outcome.ACCEPTED);
        }
        assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain("Secret42");
    }

    private List<UsageSummary> counted() {
        return readings.hourlySummaries(meter.id(), customer, HOUR, HOUR.plus(Duration.ofHours(1)));
    }

    private UsageReport event(String identifier, String value) {
        return new UsageReport(identifier, ReportMode.HOURLY_TOTAL, "tokens", customer, new BigDecimal(value), HOUR);
    }

    private StripeSettings settings(SecretRef key) {
        return StripeSettings.defaults(key).withApiBase(stripe.apiBase());
    }
}
