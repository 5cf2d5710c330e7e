package io.tallymark.stripe;

import static io.tallymark.stripe.StripeErrorEventsTest.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.stripe.MeterErrorReport.Sample;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeterErrorReportTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void aFullEventIsRead() {
        assertThat(MeterErrorReport.fromJson(event("evt_1", MeterErrorReport.NO_METER_FOUND, NOON)))
                .get()
                .extracting(MeterErrorReport::created, MeterErrorReport::type)
                .containsExactly(NOON, MeterErrorReport.NO_METER_FOUND);
    }

    @Test
    void aReportWithoutAMeterOrSamplesIsStillAnAlarm() {
        String bare = "{\"id\":\"evt_1\",\"type\":\"v1.billing.meter.no_meter_found\",\"created\":\"" + NOON
                + "\",\"related_object\":null,\"data\":{\"reason\":null}}";

        assertThat(MeterErrorReport.fromJson(bare))
                .contains(new MeterErrorReport("evt_1", NOON, MeterErrorReport.NO_METER_FOUND, "", List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"id\":\"evt_1\",\"type\":\"v1.billing.meter.no_meter_found\",\"created\":\"2026-11-22T12:00:00Z\"}",
                "{\"id\":\"evt_1\",\"type\":\"v1.billing.meter.no_meter_found\",\"created\":\"noon\",\"data\":{}}",
                "{\"id\":\"evt_1\",\"type\":\"invoice.created\",\"created\":\"2026-11-22T12:00:00Z\",\"data\":{}}"
            })
    void anythingElseIsNoReport(String json) {
        assertThat(MeterErrorReport.fromJson(json)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "id-7, true",
        "id-7-0a1b2c3d, true",
        "id-70, false",
        "id-7-0a1b2c3, false",
        "id-7-1-0a1b2c3d, false",
        "id-7-0A1B2C3D, false",
        "'', false"
    })
    void aSampleIsMatchedByIdentifierOrByTheKeyOfItsCall(String named, boolean matches) {
        assertThat(new Sample("code", named, "").isOf("id-7")).isEqualTo(matches);
    }
}
