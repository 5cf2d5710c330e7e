package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.APPENDED;
import static io.tallymark.ingest.Decoding.BOUNDS;
import static io.tallymark.ingest.Decoding.byDimensions;
import static io.tallymark.ingest.Decoding.event;
import static io.tallymark.ingest.Decoding.isIgnored;
import static io.tallymark.ingest.Decoding.measured;
import static io.tallymark.ingest.Decoding.plain;
import static io.tallymark.ingest.Decoding.reason;
import static io.tallymark.ingest.Decoding.where;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Meter;
import io.tallymark.usage.RejectReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters and group-by values through the whole decoder. */
class MeterReaderTest {
    @Test
    void groupsByADimension() {
        assertThat(dimensions("{\"model\": \"small\"}", "data.model")).isEqualTo("{\"model\":\"small\"}");
    }

    @Test
    void orderOfKeysDoesNotMatter() {
        String expected = "{\"model\":\"m\",\"region\":\"r\"}";

        assertThat(dimensions("{\"model\": \"m\", \"region\": \"r\"}", "data.model", "data.region"))
                .isEqualTo(expected);
        assertThat(dimensions("{\"region\": \"r\", \"model\": \"m\"}", "data.region", "data.model"))
                .isEqualTo(expected);
    }

    @Test
    void missingValueLeavesItsNameOut() {
        assertThat(dimensions("{}", "data.model")).isEqualTo("{}");
        assertThat(dimensions("{\"model\": null}", "data.model")).isEqualTo("{}");
        assertThat(dimensions("{\"model\": \"\"}", "data.model")).isEqualTo("{\"model\":\"\"}");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "7, 7", "1.50, 1.50", "1e2, 1e2", "1E+2, 1E+2", "1.0, 1.0", "-0, -0"})
    void flagsAndNumbersAreTheTextTheyWereWrittenAs(String json, String text) {
        assertThat(dimensions("{\"model\": " + json + "}", "data.model")).isEqualTo("{\"model\":\"" + text + "\"}");
    }

    @Test
    void groupsByNestedValuesAndByAttributes() {
        assertThat(dimensions("{\"usage\": {\"model\": \"m\"}}", "data.usage.model", "source"))
                .isEqualTo("{\"model\":\"m\",\"source\":\"gateway\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"a\"]", "{\"a\": 1}"})
    void dimensionMustBeASingleValue(String json) {
        assertThat(reason(event("{\"model\": " + json + "}"), byDimensions("data.model")))
                .isEqualTo(RejectReason.WRONG_TYPE);
    }

    @Test
    void dimensionsAreBoundedInBytes() {
        String longest = "x".repeat(BOUNDS.maxDimensionsBytes() - "{\"model\":\"\"}".length());

        assertThat(dimensions("{\"model\": \"" + longest + "\"}", "data.model")).hasSize(BOUNDS.maxDimensionsBytes());
        assertThat(reason(event("{\"model\": \"" + longest + "x\"}"), byDimensions("data.model")))
                .isEqualTo(RejectReason.TOO_LARGE);
        assertThat(reason(event("{\"model\": \"" + "中".repeat(400) + "\"}"), byDimensions("data.model")))
                .isEqualTo(RejectReason.TOO_LARGE);
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"cached\": false}', true",
        "'{\"cached\": \"false\"}', true",
        "'{\"cached\": true}', false",
        "'{\"cached\": \"False\"}', false",
        "'{\"cached\": null}', false",
        "'{}', false",
        "'null', false"
    })
    void filterComparesText(String data, boolean counted) {
        Meter uncached = where(Map.of("data.cached", "false"));

        assertThat(isIgnored(event(data), uncached)).isEqualTo(!counted);
    }

    @Test
    void everyConditionMustHold() {
        Meter both = where(Map.of("data.cached", "false", "subject", "acme"));

        assertThat(isIgnored(event("{\"cached\": false}"), both)).isFalse();
        assertThat(isIgnored(event("{\"cached\": true}"), both)).isTrue();
    }

    @Test
    void filterOverAListIsRefusedAndNotGuessed() {
        assertThat(reason(event("{\"cached\": [false]}"), where(Map.of("data.cached", "false"))))
                .isEqualTo(RejectReason.WRONG_TYPE);
    }

    @Test
    void eventsBeforeEffectiveFromDoNotCountForTheMeter() {
        Meter early = effectiveFrom("early", APPENDED.minusSeconds(60));
        Meter late = effectiveFrom("late", APPENDED);

        assertThat(metrics(APPENDED, early, late)).containsExactly("early", "late");
        assertThat(metrics(APPENDED.minusMillis(1), early, late)).containsExactly("early");
        assertThat(metrics(APPENDED.minusSeconds(60), early, late)).containsExactly("early");
        assertThat(isIgnored(at(APPENDED.minusMillis(60_001)), early, late)).isTrue();
    }

    @Test
    void effectiveFromLooksAtTheEventsTimeAndNotAtItsAppendTime() {
        Meter meter = effectiveFrom("requests", APPENDED.plusSeconds(60));

        assertThat(metrics(APPENDED.plusSeconds(60), meter)).containsExactly("requests");
        assertThat(isIgnored(event("{}"), meter)).isTrue();
    }

    @Test
    void valueIsNotLookedAtWhenTheFilterLeavesTheEventOut() {
        Meter tokens = new Meter(
                "tokens",
                "llm.completion",
                Aggregation.SUM,
                "data.tokens",
                List.of(),
                Map.of("data.cached", "false"),
                false,
                Meter.ALWAYS,
                null);

        assertThat(isIgnored(event("{\"cached\": true}"), tokens)).isTrue();
    }

    private static Meter effectiveFrom(String metric, Instant instant) {
        return new Meter(
                metric,
                "llm.completion",
                Aggregation.COUNT,
                "",
                List.of(),
                Map.of(),
                false,
                instant.toEpochMilli(),
                null);
    }

    private static List<String> metrics(Instant time, Meter... meters) {
        return measured(at(time), meters).stream().map(Measurement::metric).toList();
    }

    private static RawRecord at(Instant time) {
        return plain("""
                {"id": "e-1", "source": "gateway", "type": "llm.completion", "subject": "acme", "time": "%s"}""".formatted(time));
    }

    private static String dimensions(String data, String... paths) {
        return measured(event(data), byDimensions(paths)).get(0).dimensions();
    }
}
