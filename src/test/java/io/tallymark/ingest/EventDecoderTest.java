package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.APPENDED;
import static io.tallymark.ingest.Decoding.ORIGIN;
import static io.tallymark.ingest.Decoding.REQUESTS;
import static io.tallymark.ingest.Decoding.TOKENS;
import static io.tallymark.ingest.Decoding.accepted;
import static io.tallymark.ingest.Decoding.decode;
import static io.tallymark.ingest.Decoding.event;
import static io.tallymark.ingest.Decoding.isIgnored;
import static io.tallymark.ingest.Decoding.measured;
import static io.tallymark.ingest.Decoding.plain;
import static io.tallymark.ingest.Decoding.reason;
import static io.tallymark.ingest.Decoding.utf8;
import static io.tallymark.ingest.Decoding.withHeaders;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Measurement;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The accepted forms of an event, and what is rejected for its shape. */
class EventDecoderTest {
    private static final String PLAIN = """
            {"id": "e-1", "source": "gateway", "type": "llm.completion", "subject": "acme", "time": "2026-03-01T11:59:58.250Z",
             "data": {"tokens": 7}}""";
    private static final String STRUCTURED = PLAIN.replaceFirst("\\{", "{\"specversion\": \"1.0\", ");
    private static final UsageEvent EXPECTED = new UsageEvent(
            "gateway",
            "e-1",
            "acme",
            Instant.parse("2026-03-01T11:59:58.250Z").toEpochMilli(),
            true,
            APPENDED.toEpochMilli(),
            ORIGIN,
            List.of(new Measurement("tokens", "{}", new BigDecimal("7"))),
            null);

    @Test
    void acceptsAPlainEvent() {
        assertThat(accepted(plain(PLAIN), TOKENS)).isEqualTo(EXPECTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/cloudevents+json",
                "application/cloudevents+json; charset=UTF-8",
                "Application/CloudEvents+JSON",
                "application/json"
            })
    void acceptsAStructuredEvent(String contentType) {
        assertThat(accepted(withHeaders(STRUCTURED, "content-type", contentType), TOKENS))
                .isEqualTo(EXPECTED);
    }

    @Test
    void acceptsABinaryEvent() {
        assertThat(accepted(binary("{\"tokens\": 7}"), TOKENS)).isEqualTo(EXPECTED);
    }

    @Test
    void structuredContentTypeWinsOverStrayHeaders() {
        RawRecord record = withHeaders(
                STRUCTURED, "content-type", "application/cloudevents+json", "ce_id", "other", "ce_source", "other");

        assertThat(accepted(record, TOKENS)).isEqualTo(EXPECTED);
    }

    @Test
    void lastOfRepeatedHeadersCounts() {
        assertThat(accepted(binary("{\"tokens\": 7}", "ce_subject", "zeta"), TOKENS)
                        .customerId())
                .isEqualTo("zeta");
    }

    @Test
    void binaryEventNeedsNoDataForACountingMeter() {
        assertThat(measured(binary(""), REQUESTS)).containsExactly(new Measurement("requests", "{}", BigDecimal.ONE));
    }

    @Test
    void absentTimeIsTheAppendTime() {
        assertThat(accepted(event("{}"), REQUESTS).timeMillis()).isEqualTo(APPENDED.toEpochMilli());
    }

    @Test
    void oneEventFeedsEveryMeterOfItsType() {
        assertThat(measured(event("{\"tokens\": 7}"), TOKENS, REQUESTS))
                .extracting(Measurement::metric)
                .containsExactly("tokens", "requests");
    }

    @Test
    void eventOfAnotherTypeIsIgnored() {
        assertThat(isIgnored(plain(PLAIN.replace("llm.completion", "other")), TOKENS))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "source", "type", "subject"})
    void rejectsAMissingAttribute(String name) {
        assertThat(reason(plain(PLAIN.replace("\"" + name + "\"", "\"x\"")), TOKENS))
                .isEqualTo(RejectReason.MISSING_ATTRIBUTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce_id", "ce_source", "ce_type", "ce_subject"})
    void rejectsAMissingHeader(String name) {
        RawRecord complete = binary("{\"tokens\": 7}");
        List<RecordHeader> rest = complete.headers().stream()
                .filter(header -> !header.name().equals(name))
                .toList();

        assertThat(reason(new RawRecord(ORIGIN, 0, null, complete.value(), rest), TOKENS))
                .isEqualTo(RejectReason.MISSING_ATTRIBUTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "null"})
    void rejectsAnEmptyAttribute(String value) {
        assertThat(reason(plain(PLAIN.replace("\"acme\"", value)), TOKENS)).isEqualTo(RejectReason.MISSING_ATTRIBUTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12", "true", "{}", "[\"acme\"]"})
    void rejectsAnAttributeThatIsNoText(String value) {
        assertThat(reason(plain(PLAIN.replace("\"acme\"", value)), TOKENS)).isEqualTo(RejectReason.WRONG_TYPE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "\"text\"", "5", "true"})
    void rejectsDataThatIsNoObject(String data) {
        assertThat(reason(event(data), REQUESTS)).isEqualTo(RejectReason.WRONG_TYPE);
        assertThat(reason(binary(data), REQUESTS)).isEqualTo(RejectReason.WRONG_TYPE);
    }

    @Test
    void rejectsAnotherSpecversion() {
        assertThat(reason(plain(STRUCTURED.replace("1.0", "0.3")), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
    }

    @Test
    void rejectsABatch() {
        RawRecord record = withHeaders("[" + STRUCTURED + "]", "content-type", "application/cloudevents-batch+json");

        assertThat(reason(record, TOKENS)).isEqualTo(RejectReason.UNREADABLE);
    }

    @Test
    void rejectionKeepsTheRecordWhole() {
        RawRecord record =
                new RawRecord(ORIGIN, 5, utf8("key"), utf8("junk"), List.of(new RecordHeader("trace", new byte[] {1})));

        Rejection rejection = decode(record, TOKENS).rejection().orElseThrow();

        assertThat(rejection.origin()).isEqualTo(ORIGIN);
        assertThat(rejection.appendTimeMillis()).isEqualTo(5);
        assertThat(rejection.key()).isSameAs(record.key());
        assertThat(rejection.value()).isSameAs(record.value());
        assertThat(rejection.headers()).isSameAs(record.headers());
        assertThat(rejection.reason()).isEqualTo(RejectReason.UNREADABLE);
        assertThat(rejection.detail()).contains("JSON");
    }

    private static RawRecord binary(String data, String... moreHeaders) {
        String[] headers = {
            "content-type", "application/json",
            "ce_specversion", "1.0",
            "ce_id", "e-1",
            "ce_source", "gateway",
            "ce_type", "llm.completion",
            "ce_subject", "acme",
            "ce_time", "2026-03-01T11:59:58.250Z"
        };
        RawRecord record = withHeaders(data, headers);
        List<RecordHeader> all = new ArrayList<>(record.headers());
        all.addAll(withHeaders(data, moreHeaders).headers());
        return new RawRecord(ORIGIN, record.appendTimeMillis(), null, record.value(), all);
    }
}
