package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.APPENDED;
import static io.tallymark.ingest.Decoding.MAX_LATENESS;
import static io.tallymark.ingest.Decoding.REQUESTS;
import static io.tallymark.ingest.Decoding.accepted;
import static io.tallymark.ingest.Decoding.reason;
import static io.tallymark.ingest.Decoding.withHeaders;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.HeaderNames;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.UsageEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A redriven event without a time of its own counts in the hour in which it was appended first. */
class RedrivenRecordTest {
    private static final String TIMELESS = """
            {"id": "e-1", "source": "gateway", "type": "llm.completion", "subject": "acme"}""";
    private static final String TIMED = TIMELESS.replace("}", ", \"time\": \"2026-03-01T11:00:00Z\"}");
    private static final Instant FIRST = Instant.parse("2026-02-27T08:15:30.123Z");

    @Test
    void takesTheTimeOfItsFirstAppend() {
        UsageEvent event = accepted(redriven(TIMELESS, FIRST.toString()), REQUESTS);

        assertThat(event.timeMillis()).isEqualTo(FIRST.toEpochMilli());
        assertThat(event.appendTimeMillis()).isEqualTo(APPENDED.toEpochMilli());
        assertThat(event.timeGiven()).isFalse();
    }

    @Test
    void keepsATimeOfItsOwn() {
        assertThat(accepted(redriven(TIMED, FIRST.toString()), REQUESTS))
                .usingRecursiveComparison()
                .isEqualTo(accepted(Decoding.plain(TIMED), REQUESTS));
        assertThat(accepted(redriven(TIMED, "junk"), REQUESTS).timeGiven()).isTrue();
    }

    @Test
    void oldestTimeWinsWhenItWasRedrivenBefore() {
        RawRecord record = withHeaders(
                TIMELESS,
                HeaderNames.APPEND_TIME,
                FIRST.toString(),
                HeaderNames.APPEND_TIME,
                FIRST.plusSeconds(3_600).toString());

        assertThat(accepted(record, REQUESTS).timeMillis()).isEqualTo(FIRST.toEpochMilli());
    }

    @Test
    void isAcceptedByTheSameRuleAsAnyEvent() {
        Instant oldest = APPENDED.minus(MAX_LATENESS);

        assertThat(accepted(redriven(TIMELESS, oldest.toString()), REQUESTS).timeMillis())
                .isEqualTo(oldest.toEpochMilli());
        assertThat(reason(redriven(TIMELESS, oldest.minusMillis(1).toString()), REQUESTS))
                .isEqualTo(RejectReason.TOO_LATE);
        assertThat(reason(redriven(TIMELESS, APPENDED.plusSeconds(301).toString()), REQUESTS))
                .isEqualTo(RejectReason.IN_FUTURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "1772366400000", "2026-02-27"})
    void malformedTimeIsRefused(String time) {
        assertThat(reason(redriven(TIMELESS, time), REQUESTS)).isEqualTo(RejectReason.BAD_TIME);
    }

    private static RawRecord redriven(String value, String firstAppendTime) {
        return withHeaders(value, HeaderNames.APPEND_TIME, firstAppendTime);
    }
}
