package io.tallymark.config;

import static io.tallymark.config.ConfigFile.refusalOfMeters;
import static io.tallymark.config.ConfigFile.withMeter;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeterConfigTest {
    private static final String COUNT = "metric: requests, event-type: api.request, aggregation: count";
    private static final String SUM = "metric: bytes, event-type: api.request, aggregation: sum, value: data.bytes";

    @TempDir
    private Path directory;

    @Test
    void readsACountingMeter() {
        Meter meter = withMeter(directory, COUNT).ingest().meters().get(0);

        assertThat(meter.metric()).isEqualTo("requests");
        assertThat(meter.eventType()).isEqualTo("api.request");
        assertThat(meter.aggregation()).isEqualTo(Aggregation.COUNT);
        assertThat(meter.dimensionPaths()).isEmpty();
        assertThat(meter.where()).isEmpty();
        assertThat(meter.negativeAllowed()).isFalse();
        assertThat(meter.effectiveFromMillis()).isEqualTo(Meter.ALWAYS);
        assertThat(meter.stripe()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"reject, false", "allow, true"})
    void negativeQuantitiesAreTheMetersPolicy(String policy, boolean allowed) {
        Meter meter = withMeter(directory, SUM + ", negative: " + policy)
                .ingest()
                .meters()
                .get(0);

        assertThat(meter.negativeAllowed()).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-03-01", "'2026-03-01'", "2026-03-01T00:00:00Z", "'2026-03-01T01:00:00+01:00'"})
    void meterMayBeginAtADateOrATime(String effectiveFrom) {
        Meter meter = withMeter(directory, COUNT + ", effective-from: " + effectiveFrom)
                .ingest()
                .meters()
                .get(0);

        assertThat(Instant.ofEpochMilli(meter.effectiveFromMillis())).isEqualTo("2026-03-01T00:00:00Z");
    }

    @Test
    void twoMetersOfOneNameAreRefused() {
        assertThat(refusalOfMeters(directory, COUNT, SUM.replace("bytes,", "requests,")))
                .contains("meters[1].metric: requests is the name of another meter too");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "event-type: t, aggregation: count | metric: is missing",
                "metric: m, aggregation: count | event-type: is missing",
                "metric: m, event-type: t | aggregation: is missing",
                "metric: m, event-type: t, aggregation: median | aggregation: median is none of count, last, max, sum",
                "metric: m, event-type: t, aggregation: sum | value: is missing",
                "metric: m, event-type: t, aggregation: count, value: data.x | value: has no meaning for a meter that counts",
                "metric: 'a b', event-type: t, aggregation: count | metric: a b must be 1 to 100 letters",
                "metric: m, event-type: t, aggregation: sum, value: 'data..x' | value: data..x is no path",
                "metric: m, event-type: t, aggregation: count, dimensions: ['$.x'] | dimensions: $.x is no path",
                "metric: m, event-type: t, aggregation: count, dimensions: [data.a, data.b.a] | two paths end in the same name",
                "metric: m, event-type: t, aggregation: count, dimensions: data.a | dimensions: must be a list",
                "metric: m, event-type: t, aggregation: count, dimensions: [[a]] | dimensions: ",
                "metric: m, event-type: t, aggregation: count, dimensions: ['']  | dimensions: ",
                "metric: m, event-type: t, aggregation: count, where: {'data.': x} | where: data. is no path",
                "metric: m, event-type: t, aggregation: count, where: {data.x: } | where.data.x",
                "metric: m, event-type: t, aggregation: count, where: {data.x: [1]} | where.data.x: must be a single value",
                "metric: m, event-type: t, aggregation: sum, value: data.x, negative: maybe | negative: maybe is none of allow, reject",
                "metric: m, event-type: t, aggregation: count, negative: allow | negative: has no meaning for a meter that counts",
                "metric: m, event-type: t, aggregation: count, effective-from: soon | effective-from: soon is no date or RFC 3339 timestamp (write 2026-03-01",
                "metric: m, event-type: t, aggregation: count, effective-from: 2026-02-30 | effective-from: 2026-02-30 is no date",
                "metric: m, event-type: t, aggregation: count, efective-from: 2026-02-28 | efective-from: is an unknown key; did you mean effective-from?",
                "metric: m, event-type: t, aggregation: count, filter: {} | filter: is an unknown key"
            })
    void refusesWhatWouldCountOrBillWrong(String meter, String message) {
        assertThat(refusalOfMeters(directory, meter)).contains("meters[0].").contains(message);
    }
}
