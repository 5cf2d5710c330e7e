package io.tallymark.stripe;

import static io.tallymark.stripe.DeliveryTableTest.error;
import static io.tallymark.stripe.ScriptedServer.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.MeterCheck.Findings;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MeterCheckTest {
    private final StripeSimulator simulator = StripeSimulator.start(0, InstantSource.system());
    private final StripeReadings stripe = readings(simulator.apiBase());

    @AfterEach
    void stop() {
        stripe.close();
        simulator.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"HOURLY_TOTAL", "DELTA", "PERIOD_TOTAL"})
    void isContentWithAMeterOfTheRightKind(ReportMode mode) {
        stripe.createMeter("calls", "calls", MeterCheck.formula(mode), MeterCheck.window(mode));

        assertThat(findings(mode)).isEqualTo(new Findings(List.of(), List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "HOURLY_TOTAL, 'formula sum, event_time_window=hour'",
        "DELTA, 'formula sum, without event_time_window'",
        "PERIOD_TOTAL, 'formula last, without event_time_window'"
    })
    void namesAMeterThatIsMissingAndTheOneToCreate(ReportMode mode, String needed) {
        assertThat(findings(mode).problems()).singleElement().satisfies(problem -> {
            assertThat(problem).hasMessage("meter calls: Stripe has no active meter with the event name calls");
            assertThat(problem.remedy()).isEqualTo("create it in Stripe: " + needed);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "HOURLY_TOTAL, SUM, RAW",
        "HOURLY_TOTAL, SUM, DAY",
        "HOURLY_TOTAL, LAST, HOUR",
        "DELTA, SUM, HOUR",
        "DELTA, COUNT, RAW",
        "PERIOD_TOTAL, SUM, RAW",
        "PERIOD_TOTAL, LAST, HOUR"
    })
    void namesAMeterThatWouldBillWrong(ReportMode mode, StripeMeter.Formula formula, StripeMeter.Window window) {
        stripe.createMeter("calls", "calls", formula, window);

        assertThat(findings(mode).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .hasMessageContaining("the mode " + mode.configName() + " would bill wrong with it"));
    }

    @ParameterizedTest
    @CsvSource({"customer, value", "stripe_customer_id, amount"})
    void namesAMeterThatReadsOtherKeys(String customerKey, String valueKey) throws IOException {
        assertThat(problemsOf("sum", customerKey, valueKey))
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .hasMessageContaining("reads the payload's keys " + customerKey + " and " + valueKey));
    }

    @Test
    void namesAMeterWhoseFormulaIsUnknownHere() throws IOException {
        assertThat(problemsOf("median", "stripe_customer_id", "value"))
                .singleElement()
                .satisfies(problem -> assertThat(problem).hasMessageContaining("formula other"));
    }

    @Test
    void usageRecordsThatNobodyCanAskAboutAreANote() {
        Findings findings = findings(ReportMode.USAGE_RECORD_SET);

        assertThat(findings.problems()).isEmpty();
        assertThat(findings.notes())
                .singleElement()
                .asString()
                .contains("which calls needs, could not be checked: billing_item maps no subscription item yet");
        assertThat(simulator.requestCount()).isZero();
    }

    @Test
    void usageRecordsAreTriedWithAMappedItem() throws IOException {
        assertThat(usageRecordProblems(reply(200, "", "{\"data\":[]}"))).isEmpty();
        assertThat(usageRecordProblems(error(400, "", "Invalid Stripe API version: 2025-02-24.acacia")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem).hasMessageContaining("no usage records in API version 2025-02-24.acacia");
                    assertThat(problem.remedy()).contains("billing meter", "stripe.mode");
                });
        assertThat(usageRecordProblems(error(404, "", "No such subscription_item: 'si_1'")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.remedy()).contains("billing_item"));
        assertThatThrownBy(() -> usageRecordProblems(error(401, "", "no")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("HTTP 401");
    }

    @Test
    void aUsageRecordHasNoMeter() {
        assertThatThrownBy(() -> MeterCheck.formula(ReportMode.USAGE_RECORD_INCREMENT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Findings findings(ReportMode mode) {
        return new MeterCheck(stripe).findings(List.of(meter(mode)), List::of);
    }

    private static List<UserError> usageRecordProblems(ScriptedServer.Step step) throws IOException {
        try (ScriptedServer server = new ScriptedServer().then(step);
                StripeReadings scripted = readings(server.base())) {
            return new MeterCheck(scripted)
                    .findings(List.of(meter(ReportMode.USAGE_RECORD_INCREMENT)), () -> List.of("si_1"))
                    .problems();
        }
    }

    private static List<UserError> problemsOf(String formula, String customerKey, String valueKey) throws IOException {
        String meters = """
                {"data":[{"id":"mtr_1","event_name":"calls","status":"active","default_aggregation":{"formula":"%s"},
                 "customer_mapping":{"event_payload_key":"%s"},"value_settings":{"event_payload_key":"%s"}}]}""".formatted(formula, customerKey, valueKey);
        try (ScriptedServer server = new ScriptedServer().then(reply(200, "", meters));
                StripeReadings scripted = readings(server.base())) {
            return new MeterCheck(scripted)
                    .findings(List.of(meter(ReportMode.DELTA)), List::of)
                    .problems();
        }
    }

    private static StripeReadings readings(URI base) {
        return StripeReadings.open(
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(base));
    }

    private static Meter meter(ReportMode mode) {
        return new Meter(
                "calls",
                "call",
                Aggregation.COUNT,
                "",
                List.of(),
                Map.of(),
                false,
                Meter.ALWAYS,
                new Meter.StripeReport(mode.isUsageRecord() ? "" : "calls", mode));
    }
}
