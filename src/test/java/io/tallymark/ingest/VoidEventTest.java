package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.TOKENS;
import static io.tallymark.ingest.Decoding.accepted;
import static io.tallymark.ingest.Decoding.decode;
import static io.tallymark.ingest.Decoding.isIgnored;
import static io.tallymark.ingest.Decoding.plain;
import static io.tallymark.ingest.Decoding.reason;
import static io.tallymark.ingest.Decoding.withHeaders;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A void is the same event sent again, with the extension attribute {@code void}. */
class VoidEventTest {
    private static final String EVENT = """
            {"id": "e-1", "source": "gateway", "type": "llm.completion", "subject": "acme", "time": "2026-03-01T11:59:58Z",
             "data": {"tokens": 7}}""";

    @Test
    void isTheSameEventThatAlsoHoldsItsRefusal() {
        RawRecord record = marked("true");

        UsageEvent event = accepted(record, TOKENS);

        assertThat(event.isVoid()).isTrue();
        assertThat(event).isEqualTo(accepted(plain(EVENT), TOKENS).asVoid(Objects.requireNonNull(event.refusal())));
        assertThat(event.refusal())
                .isEqualTo(new Rejection(
                        record.origin(),
                        record.appendTimeMillis(),
                        record.key(),
                        record.value(),
                        record.headers(),
                        RejectReason.VOID_MISMATCH,
                        "the void's time or content is not that of the event counted under this id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "\"true\""})
    void isMarkedInStructuredMode(String mark) {
        assertThat(accepted(marked(mark), TOKENS).isVoid()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "\"false\"", "null"})
    void anyOtherEventMaySayThatItIsNone(String mark) {
        assertThat(accepted(marked(mark), TOKENS)).isEqualTo(accepted(plain(EVENT), TOKENS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"True\"", "\"yes\"", "\"\"", "\" true\"", "1", "0", "[true]", "{}"})
    void anythingElseIsRefusedAndNotGuessed(String mark) {
        assertThat(reason(marked(mark), TOKENS)).isEqualTo(RejectReason.WRONG_TYPE);
    }

    @Test
    void isMarkedByAHeaderInBinaryMode() {
        assertThat(accepted(binary("true"), TOKENS).isVoid()).isTrue();
        assertThat(accepted(binary("false"), TOKENS).isVoid()).isFalse();
        assertThat(reason(binary("TRUE"), TOKENS)).isEqualTo(RejectReason.WRONG_TYPE);
        assertThat(reason(binary(""), TOKENS)).isEqualTo(RejectReason.WRONG_TYPE);
    }

    @Test
    void headerHasNoSayInStructuredMode() {
        RawRecord record = withHeaders(EVENT, "content-type", "application/cloudevents+json", "ce_void", "true");

        assertThat(accepted(record, TOKENS).isVoid()).isFalse();
    }

    @Test
    void isJudgedLikeAnyEvent() {
        assertThat(reason(plain(text("true").replace("2026-03-01", "2026-02-01")), TOKENS))
                .isEqualTo(RejectReason.TOO_LATE);
        assertThat(reason(plain(text("true").replace("7}", "\"x\"}")), TOKENS)).isEqualTo(RejectReason.NOT_A_NUMBER);
        assertThat(isIgnored(plain(text("true").replace("llm.", "nlm.")), TOKENS))
                .isTrue();
    }

    @Test
    void withoutATimeOfItsOwnItSaysSo() {
        RawRecord record = plain(text("true").replace("\"time\"", "\"other\""));

        assertThat(accepted(record, TOKENS).isVoid()).isTrue();
        assertThat(accepted(record, TOKENS).timeGiven()).isFalse();
        assertThat(accepted(marked("true"), TOKENS).timeGiven()).isTrue();
    }

    @Test
    void wordVoidInTheDataMarksNothing() {
        assertThat(decode(plain(EVENT.replace("7}", "7, \"void\": true}")), TOKENS)
                        .event()
                        .orElseThrow()
                        .isVoid())
                .isFalse();
    }

    private static RawRecord marked(String mark) {
        return plain(text(mark));
    }

    private static String text(String mark) {
        return EVENT.replaceFirst("\\{", "{\"void\": " + mark + ", ");
    }

    private static RawRecord binary(String mark) {
        RawRecord record = withHeaders(
                "{\"tokens\": 7}",
                "ce_id",
                "e-1",
                "ce_source",
                "gateway",
                "ce_type",
                "llm.completion",
                "ce_subject",
                "acme",
                "ce_time",
                "2026-03-01T11:59:58Z");
        List<RecordHeader> headers = new ArrayList<>(record.headers());
        headers.add(new RecordHeader("ce_void", Decoding.utf8(mark)));
        return new RawRecord(record.origin(), record.appendTimeMillis(), null, record.value(), headers);
    }
}
