package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.APPENDED;
import static io.tallymark.ingest.Decoding.ORIGIN;
import static io.tallymark.ingest.Decoding.REQUESTS;
import static io.tallymark.ingest.Decoding.TOKENS;
import static io.tallymark.ingest.Decoding.accepted;
import static io.tallymark.ingest.Decoding.bytes;
import static io.tallymark.ingest.Decoding.decode;
import static io.tallymark.ingest.Decoding.event;
import static io.tallymark.ingest.Decoding.measured;
import static io.tallymark.ingest.Decoding.plain;
import static io.tallymark.ingest.Decoding.reason;
import static io.tallymark.ingest.Decoding.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes arrive: a dead letter or an exact event, never an exception and never a wrong id. */
class HostileInputTest {
    private static final String EVENT = """
            {"id": "e-1", "source": "gateway", "type": "llm.completion", "subject": "acme", "data": {"tokens": 7}}""";

    @Test
    void tombstoneAndEmptyAndBlankRecordsAreUnreadable() {
        for (byte[] value : Arrays.asList(null, new byte[0], utf8(" "), utf8(" \t\r\n"), utf8("\uFEFF"))) {
            assertThat(reason(bytes(value), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "junk",
                "null",
                "true",
                "7",
                "\"text\"",
                "[]",
                "{",
                "{\"id\": }",
                "{} {}",
                "{}]",
                "{}\0",
                "{'id': 'e-1'}",
                "{\"id\": \"e-1\", }",
                "{\"id\": \"a\nb\"}",
                "// comment\n{}"
            })
    void whatIsNoJsonObjectIsUnreadable(String value) {
        assertThat(reason(plain(value), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
    }

    @Test
    void trailingGarbageIsUnreadable() {
        assertThat(reason(plain(EVENT + "x"), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
        assertThat(reason(plain(EVENT + EVENT), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
    }

    @Test
    void duplicateKeysAreUnreadableAndNotGuessed() {
        assertThat(reason(plain(EVENT.replace("{\"tokens\": 7}", "{\"tokens\": 7, \"tokens\": 8}")), TOKENS))
                .isEqualTo(RejectReason.UNREADABLE);
        assertThat(reason(plain(EVENT.replace("{\"id\"", "{\"\\u0069d\": \"other\", \"id\"")), TOKENS))
                .isEqualTo(RejectReason.UNREADABLE);
    }

    @Test
    void byteOrderMarkIsSkipped() {
        assertThat(accepted(plain("\uFEFF" + EVENT), TOKENS)).isEqualTo(accepted(plain(EVENT), TOKENS));
    }

    @Test
    void otherEncodingsAreUnreadable() {
        for (var charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16)) {
            assertThat(reason(bytes(EVENT.getBytes(charset)), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
        }
        byte[] latin = EVENT.replace("e-1", "café").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(reason(bytes(latin), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
    }

    @Test
    void headerThatIsNotUtf8IsUnreadableSoThatNoTwoIdsMeet() {
        List<RecordHeader> headers = List.of(
                new RecordHeader("ce_id", new byte[] {'c', 'a', 'f', (byte) 0xe9}),
                new RecordHeader("ce_source", utf8("gateway")),
                new RecordHeader("ce_type", utf8("llm.completion")),
                new RecordHeader("ce_subject", utf8("acme")));

        assertThat(reason(new RawRecord(Decoding.ORIGIN, 0, null, utf8("{}"), headers), REQUESTS))
                .isEqualTo(RejectReason.UNREADABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'; DROP TABLE usage_hourly; --",
                "<script>alert(1)</script>",
                " leading and trailing ",
                "新規顧客",
                "👩‍👩‍👧 \uD83D\uDE00",
                "e\u0301 is not \u00e9",
                "\u202Eright to left",
                "back\\\\slash",
                "line\\nbreak\\ttab",
                "quote\\\"quote",
                "\uFFFD"
            })
    void idsAndCustomersOfAnyTextAreKept(String jsonText) throws Exception {
        String text = new ObjectMapper().readValue('"' + jsonText + '"', String.class);

        var event = accepted(plain(EVENT.replace("acme", jsonText).replace("e-1", jsonText)), TOKENS);

        assertThat(event.customerId()).isEqualTo(text);
        assertThat(event.id()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0000", "a\\u0000b", "\\uD800", "\\uDC00\\uD800", "x\\uDBFF"})
    void textThatHasNoPlaceInTheTableIsRefused(String jsonText) {
        for (String field : List.of("e-1", "gateway", "acme", "llm.completion")) {
            assertThat(reason(plain(EVENT.replace(field, jsonText)), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
        }
        assertThat(reason(plain(EVENT.replace("acme", jsonText).replace("llm.completion", "unmetered")), TOKENS))
                .isEqualTo(RejectReason.UNREADABLE);
        assertThat(reason(event("{\"model\": \"" + jsonText + "\"}"), Decoding.byDimensions("data.model")))
                .isEqualTo(RejectReason.UNREADABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tokens\": 7, \"x\": \"\\uD800\"}",
                "{\"tokens\": 7, \"\\uD800\": 1, \"\\uD801\": 2}",
                "{\"tokens\": 7, \"x\": \"\\u0000\", \"\\u0000\": 1}",
                "{\"tokens\": 7, \"x\": 1e999999999}",
                "{\"tokens\": 7, \"x\": 1e-99999999999}",
                "{\"tokens\": 7, \"\": null}"
            })
    void whatNoMeterReadsDoesNoHarm(String data) {
        assertThat(measured(event(data), TOKENS).get(0).quantity()).isEqualTo(new BigDecimal(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\0b"})
    void rawNulIsUnreadable(String text) {
        for (String field : List.of("e-1", "gateway", "acme", "llm.completion", "tokens", "{\"id")) {
            assertThat(reason(plain(EVENT.replace(field, field + text)), TOKENS))
                    .isEqualTo(RejectReason.UNREADABLE);
        }
        for (String name : List.of("ce_id", "ce_source", "ce_type", "ce_subject")) {
            assertThat(reason(binary(name, utf8(text)), REQUESTS)).isEqualTo(RejectReason.UNREADABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CE_ID", "Ce_Id", "ce_Id", "ce-id", "ce_id ", "ceid"})
    void headerOfAnotherSpellingIsNoAttribute(String name) {
        List<RecordHeader> headers =
                new ArrayList<>(binary("ce_id", utf8("e-1")).headers());
        headers.add(new RecordHeader(name, utf8("other")));

        assertThat(accepted(new RawRecord(ORIGIN, APPENDED.toEpochMilli(), null, utf8("{}"), headers), REQUESTS)
                        .id())
                .isEqualTo("e-1");
        headers.removeIf(header -> header.name().equals("ce_id"));
        assertThat(reason(new RawRecord(ORIGIN, APPENDED.toEpochMilli(), null, utf8("{}"), headers), REQUESTS))
                .isEqualTo(RejectReason.MISSING_ATTRIBUTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce_id", "ce_source", "ce_type", "ce_subject"})
    void headerWithoutAValueIsNoAttribute(String name) {
        assertThat(reason(binary(name, null), REQUESTS)).isEqualTo(RejectReason.MISSING_ATTRIBUTE);
        assertThat(reason(binary(name, new byte[0]), REQUESTS)).isEqualTo(RejectReason.MISSING_ATTRIBUTE);
    }

    @Test
    void binaryEventWithoutAValueHasNoData() {
        RawRecord tombstone = new RawRecord(
                ORIGIN,
                APPENDED.toEpochMilli(),
                null,
                null,
                binary("ce_id", utf8("e-1")).headers());

        assertThat(measured(tombstone, REQUESTS)).hasSize(1);
        assertThat(reason(tombstone, TOKENS)).isEqualTo(RejectReason.MISSING_ATTRIBUTE);
    }

    @Test
    void decoderThatFailsKeepsTheRecordAndTheJobGoesOn() {
        List<RecordHeader> failing = new AbstractList<>() {
            @Override
            public RecordHeader get(int index) {
                throw new IllegalStateException("broken");
            }

            @Override
            public int size() {
                return 1;
            }
        };
        RawRecord record = new RawRecord(ORIGIN, 0, null, utf8(EVENT), failing);

        assertThat(decode(record, TOKENS).rejection().orElseThrow().detail())
                .isEqualTo("the decoder failed: java.lang.IllegalStateException: broken");
    }

    @Test
    void surrogatesInUtf8BytesAreUnreadable() {
        byte[] cesu = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};

        assertThat(reason(bytes(cesu), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
    }

    @Test
    void detailStaysShortWhateverTheRecordHolds() {
        String name = "n".repeat(40_000);
        List<RawRecord> records = List.of(
                plain("{\"" + name + "\": 1, \"" + name + "\": 2}"),
                plain(EVENT.replace("e-1", name)),
                plain(EVENT.replace("\"acme\"", "[\"" + name + "\"]")),
                event("{\"tokens\": \"" + name + "\"}"),
                plain(name));

        for (RawRecord record : records) {
            assertThat(decode(record, TOKENS).rejection().map(Rejection::detail).orElse(""))
                    .isNotEmpty()
                    .hasSizeLessThan(400);
        }
    }

    /** A counted binary event, one of whose headers has this value. */
    private static RawRecord binary(String name, byte @Nullable [] value) {
        List<RecordHeader> headers = new ArrayList<>(Decoding.withHeaders(
                        "{}", "ce_id", "e-1", "ce_source", "gateway", "ce_type", "llm.completion", "ce_subject", "acme")
                .headers());
        headers.replaceAll(header -> header.name().equals(name) ? new RecordHeader(name, value) : header);
        return new RawRecord(ORIGIN, APPENDED.toEpochMilli(), null, utf8("{}"), headers);
    }
}
