package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.REQUESTS;
import static io.tallymark.ingest.Decoding.TOKENS;
import static io.tallymark.ingest.Decoding.accepted;
import static io.tallymark.ingest.Decoding.bytes;
import static io.tallymark.ingest.Decoding.decode;
import static io.tallymark.ingest.Decoding.event;
import static io.tallymark.ingest.Decoding.plain;
import static io.tallymark.ingest.Decoding.reason;
import static io.tallymark.ingest.Decoding.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes arrive: a dead letter or an exact event, never an exception and never a wrong id. */
class HostileInputTest {
    private static final String EVENT = """
            {"id": "e-1", "source": "gateway", "type": "llm.completion", "subject": "acme", "data": {"tokens": 7}}""";
    private static final String[] MORSELS = {
        "1e2147483647",
        "1000e2147483647",
        "-0",
        "NaN",
        "\\uD800",
        "\\u0000",
        "\0",
        "{",
        "]",
        "\"",
        ",",
        "null",
        "e",
        "-",
        ".",
        "\"data\":",
        "[[[[",
        "9999999999999999999999",
        "\uFEFF",
        "\"time\":\"x\"",
        "\"tokens\":",
        "1e-2147483648",
        "true"
    };

    @Test
    void tombstoneAndEmptyRecordAreUnreadable() {
        assertThat(reason(bytes(null), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
        assertThat(reason(bytes(new byte[0]), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
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
        for (String field : List.of("e-1", "gateway", "acme")) {
            assertThat(reason(plain(EVENT.replace(field, jsonText)), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
        }
        assertThat(reason(event("{\"model\": \"" + jsonText + "\"}"), Decoding.byDimensions("data.model")))
                .isEqualTo(RejectReason.UNREADABLE);
    }

    @Test
    void surrogatesInUtf8BytesAreUnreadable() {
        byte[] cesu = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};

        assertThat(reason(bytes(cesu), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
    }

    @Test
    void lengthsOfKeysAreBounded() {
        assertThat(accepted(plain(EVENT.replace("e-1", "x".repeat(512))), TOKENS)
                        .id())
                .hasSize(512);
        assertThat(reason(plain(EVENT.replace("e-1", "x".repeat(513))), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
        assertThat(reason(plain(EVENT.replace("gateway", "x".repeat(513))), TOKENS))
                .isEqualTo(RejectReason.TOO_LARGE);
        assertThat(accepted(plain(EVENT.replace("acme", "x".repeat(255))), TOKENS)
                        .customerId())
                .hasSize(255);
        assertThat(accepted(plain(EVENT.replace("acme", "🧾".repeat(255))), TOKENS)
                        .customerId())
                .isEqualTo("🧾".repeat(255));
        assertThat(reason(plain(EVENT.replace("acme", "x".repeat(256))), TOKENS))
                .isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void recordOverAMebibyteIsTooLargeAndOneOfAMebibyteIsNot() {
        int room = CloudEventReader.MAX_RECORD_BYTES - utf8(EVENT).length;

        assertThat(accepted(plain(EVENT + " ".repeat(room)), TOKENS).id()).isEqualTo("e-1");
        assertThat(reason(plain(EVENT + " ".repeat(room + 1)), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);

        assertThat(reason(event("{\"tokens\": 7, \"deep\": " + deep + "}"), TOKENS))
                .isEqualTo(RejectReason.UNREADABLE);
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

    @Test
    void mutatedRecordsNeverThrow() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("HostileInputTest seed " + seed);
        Random random = new Random(seed);
        EventDecoder decoder = new EventDecoder(
                List.of(TOKENS, Decoding.byDimensions("data.model"), Decoding.where(Map.of("data.cached", "false"))),
                Decoding.MAX_LATENESS);
        for (int i = 0; i < 50_000; i++) {
            byte[] mutated = mutate(random);
            assertThat(decoder.decode(bytes(mutated)))
                    .as("seed %d, record %d: %s", seed, i, Arrays.toString(mutated))
                    .isNotNull();
        }
    }

    private static byte[] mutate(Random random) {
        StringBuilder text = new StringBuilder(EVENT);
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, MORSELS[random.nextInt(MORSELS.length)]);
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.setCharAt(at, (char) random.nextInt(0x250));
                default -> {
                    int number = text.indexOf("7");
                    if (number >= 0) {
                        text.replace(number, number + 1, MORSELS[random.nextInt(MORSELS.length)]);
                    }
                }
            }
        }
        byte[] bytes = utf8(text.toString());
        if (random.nextInt(8) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }
}
