package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.APPENDED;
import static io.tallymark.ingest.Decoding.MAX_LATENESS;
import static io.tallymark.ingest.Decoding.REQUESTS;
import static io.tallymark.ingest.Decoding.accepted;
import static io.tallymark.ingest.Decoding.plain;
import static io.tallymark.ingest.Decoding.reason;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.RejectReason;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which event times are accepted, to the millisecond. */
class AcceptanceTest {
    private static final Instant NEWEST = APPENDED.plus(Duration.ofMinutes(5));
    private static final Instant OLDEST = APPENDED.minus(MAX_LATENESS);

    @Test
    void acceptsAnEventOfThisMoment() {
        assertThat(accepted(at(APPENDED), REQUESTS).timeMillis()).isEqualTo(APPENDED.toEpochMilli());
    }

    @Test
    void acceptsFiveMinutesAheadAndNotAMillisecondMore() {
        assertThat(accepted(at(NEWEST), REQUESTS).timeMillis()).isEqualTo(NEWEST.toEpochMilli());
        assertThat(reason(at(NEWEST.plusMillis(1)), REQUESTS)).isEqualTo(RejectReason.IN_FUTURE);
    }

    @Test
    void acceptsMaxLatenessAndNotAMillisecondMore() {
        assertThat(accepted(at(OLDEST), REQUESTS).timeMillis()).isEqualTo(OLDEST.toEpochMilli());
        assertThat(reason(at(OLDEST.minusMillis(1)), REQUESTS)).isEqualTo(RejectReason.TOO_LATE);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-01T12:00:00Z, 2026-03-01T12:00:00Z",
        "2026-03-01t12:00:00z, 2026-03-01T12:00:00Z",
        "2026-03-01T13:30:00+01:30, 2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00-00:00, 2026-03-01T12:00:00Z",
        "2026-02-28T23:59:59.9999999Z, 2026-02-28T23:59:59.999Z",
        "2026-03-01T12:00:00.123456789Z, 2026-03-01T12:00:00.123Z"
    })
    void readsRfc3339(String time, Instant expected) {
        assertThat(accepted(at(time), REQUESTS).timeMillis()).isEqualTo(expected.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "1772366400",
                "2026-03-01",
                "2026-03-01T12:00:00",
                "2026-02-29T12:00:00Z",
                "2026-03-01T25:00:00Z",
                "2026-03-01T12:00:00+99:00",
                "+999999999-12-31T23:59:59Z",
                " 2026-03-01T12:00:00Z"
            })
    void rejectsAnyOtherTime(String time) {
        assertThat(reason(at(time), REQUESTS)).isEqualTo(RejectReason.BAD_TIME);
    }

    @Test
    void decisionDependsOnTheRecordAlone() {
        Instant longAgo = Instant.parse("1970-01-01T00:30:00Z");
        RawRecord record = new RawRecord(
                Decoding.ORIGIN,
                longAgo.toEpochMilli(),
                null,
                at(longAgo).value(),
                at(longAgo).headers());

        assertThat(accepted(record, REQUESTS).timeMillis()).isEqualTo(longAgo.toEpochMilli());
    }

    private static RawRecord at(Instant time) {
        return at(time.toString());
    }

    private static RawRecord at(String time) {
        return plain("""
                {"id": "e-1", "source": "gateway", "type": "llm.completion", "subject": "acme", "time": "%s"}""".formatted(time));
    }
}
