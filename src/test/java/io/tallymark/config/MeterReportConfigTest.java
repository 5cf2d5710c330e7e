package io.tallymark.config;

import static io.tallymark.config.ConfigFile.refusalOfMeters;
import static io.tallymark.config.ConfigFile.withMeter;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeterReportConfigTest {
    private static final String COUNT = "metric: requests, event-type: api.request, aggregation: count";
    private static final String SUM = "metric: bytes, event-type: api.request, aggregation: sum, value: data.bytes";

    @TempDir
    private Path directory;

    @Test
    void reportsTheHourlyTotalUnlessToldOtherwise() {
        assertThat(stripe(SUM + ", stripe: {event-name: bytes}"))
                .contains(new Meter.StripeReport("bytes", ReportMode.HOURLY_TOTAL));
        assertThat(stripe(SUM)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "event-name: e, mode: hourly-total | e | HOURLY_TOTAL",
                "event-name: e, mode: delta | e | DELTA",
                "event-name: e, mode: period-total | e | PERIOD_TOTAL",
                "mode: usage-record | '' | USAGE_RECORD_SET",
                "mode: usage-record, action: set | '' | USAGE_RECORD_SET",
                "mode: usage-record, action: increment | '' | USAGE_RECORD_INCREMENT"
            })
    void everyModeCanBeChosenForSumsAndCountsWithDimensions(String text, String eventName, ReportMode mode) {
        for (String meter : new String[] {SUM, COUNT}) {
            assertThat(stripe(meter + ", dimensions: [data.region], stripe: {" + text + "}"))
                    .contains(new Meter.StripeReport(eventName, mode));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"max", "last"})
    void maxAndLastAreReportedAsPeriodTotalOrStayInTheTable(String aggregation) {
        String meter = SUM.replace("sum", aggregation);

        assertThat(stripe(meter)).isEmpty();
        assertThat(stripe(meter + ", stripe: {event-name: bytes, mode: period-total}"))
                .contains(new Meter.StripeReport("bytes", ReportMode.PERIOD_TOTAL));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"max | event-name: e", "max | event-name: e, mode: delta", "last | mode: usage-record"})
    void maxAndLastAreRefusedInEveryOtherMode(String aggregation, String stripe) {
        assertThat(refusalOfMeters(directory, SUM.replace("sum", aggregation) + ", stripe: {" + stripe + "}"))
                .contains("meters[0].stripe: Stripe would add the hours of a " + aggregation
                        + " meter up; use mode period-total, or leave stripe out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"max", "last"})
    void maxAndLastWithDimensionsAreNotReported(String aggregation) {
        String meter = SUM.replace("sum", aggregation) + ", dimensions: [data.region]";

        assertThat(stripe(meter)).isEmpty();
        assertThat(refusalOfMeters(directory, meter + ", stripe: {event-name: e, mode: period-total}"))
                .contains("meters[0].dimensions: [data.region] cannot be reported for a " + aggregation + " meter")
                .contains("report a second meter without dimensions");
    }

    @Test
    void twoMetersThatFeedOneStripeMeterAreRefused() {
        assertThat(refusalOfMeters(
                        directory, COUNT + ", stripe: {event-name: usage}", SUM + ", stripe: {event-name: usage}"))
                .contains("meters[1].stripe.event-name: usage is fed by another meter too");
    }

    @Test
    void manyMetersMayReportUsageRecords() {
        String yaml = ConfigFile.KAFKA + ConfigFile.POSTGRES + "meters:\n  - {" + COUNT
                + ", stripe: {mode: usage-record}}\n  - {" + SUM + ", stripe: {mode: usage-record}}\n";

        assertThat(ConfigFile.load(directory, yaml).ingest().meters()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | event-name: is missing",
                "mode: delta | event-name: is missing",
                "event-name: e, mode: daily | mode: daily is none of delta, hourly-total, period-total, usage-record",
                "event-name: e, mode: usage-record-set | mode: usage-record-set is none of",
                "event-name: e, action: set | action: has no meaning for the mode hourly-total: remove it, or use mode usage-record",
                "mode: usage-record, action: add | action: add is none of increment, set",
                "mode: usage-record, event-name: e | event-name: e has no meaning for the mode usage-record",
                "event-name: e, mod: delta | mod: is an unknown key; did you mean mode?"
            })
    void problemsNameKeyValueAndRemedy(String stripe, String message) {
        assertThat(refusalOfMeters(directory, COUNT + ", stripe: {" + stripe + "}"))
                .contains("meters[0].stripe." + message);
    }

    private Optional<Meter.StripeReport> stripe(String meter) {
        return withMeter(directory, meter).ingest().meters().get(0).stripe();
    }
}
