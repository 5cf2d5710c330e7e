package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.APPENDED;
import static io.tallymark.ingest.Decoding.BOUNDS;
import static io.tallymark.ingest.Decoding.MAX_LATENESS;
import static io.tallymark.ingest.Decoding.ORIGIN;
import static io.tallymark.ingest.Decoding.REQUESTS;
import static io.tallymark.ingest.Decoding.TOKENS;
import static io.tallymark.ingest.Decoding.accepted;
import static io.tallymark.ingest.Decoding.event;
import static io.tallymark.ingest.Decoding.plain;
import static io.tallymark.ingest.Decoding.reason;
import static io.tallymark.ingest.Decoding.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every bound from both sides: the largest that is taken, and one more. */
class InputBoundsTest {
    private static final String EVENT = """
            {"id": "e-1", "source": "gateway", "type": "llm.completion", "subject": "acme", "data": {"tokens": 7}}""";

    @Test
    void recordOfAMebibyteIsTakenAndOneByteMoreIsNot() {
        int room = BOUNDS.maxRecordBytes() - utf8(EVENT).length;

        assertThat(accepted(plain(EVENT + " ".repeat(room)), TOKENS).id()).isEqualTo("e-1");
        assertThat(reason(plain(EVENT + " ".repeat(room + 1)), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void keyAndHeadersAreOfTheRecord() {
        int room = BOUNDS.maxRecordBytes() - utf8(EVENT).length;
        List<RecordHeader> header = List.of(new RecordHeader("trace", new byte[room - "trace".length()]));

        assertThat(accepted(record(null, header), TOKENS).id()).isEqualTo("e-1");
        assertThat(reason(record(new byte[1], header), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
        assertThat(accepted(record(new byte[room], List.of()), TOKENS).id()).isEqualTo("e-1");
        assertThat(reason(record(new byte[room + 1], List.of()), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void sizeOfARecordCanBeConfigured() {
        EventDecoder small = new EventDecoder(List.of(TOKENS), MAX_LATENESS, InputBounds.ofRecordBytes(1_024), false);

        assertThat(small.decode(plain(EVENT)).event()).isPresent();
        assertThat(small.decode(plain(EVENT + " ".repeat(1_024)))
                        .rejection()
                        .orElseThrow()
                        .detail())
                .isEqualTo("the record has " + (utf8(EVENT).length + 1_024) + " bytes; the limit is 1024");
    }

    @Test
    void headersAreBounded() {
        RecordHeader empty = new RecordHeader("", null);

        assertThat(accepted(record(null, Collections.nCopies(BOUNDS.maxHeaders(), empty)), TOKENS)
                        .id())
                .isEqualTo("e-1");
        assertThat(reason(record(null, Collections.nCopies(BOUNDS.maxHeaders() + 1, empty)), TOKENS))
                .isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void nestingIsBounded() {
        // Two levels are the event and its data.
        int room = BOUNDS.maxNesting() - 2;

        for (String[] brackets : new String[][] {{"[", "]"}, {"{\"a\":", "}"}}) {
            assertThat(accepted(nested(brackets, room), TOKENS).id()).isEqualTo("e-1");
            assertThat(reason(nested(brackets, room + 1), TOKENS)).isEqualTo(RejectReason.TOO_DEEP);
            assertThat(reason(nested(brackets, 100_000), TOKENS)).isEqualTo(RejectReason.TOO_DEEP);
        }
    }

    @Test
    void bracketsAloneAreTooDeepToo() {
        assertThat(reason(plain("[".repeat(1_000_000)), TOKENS)).isEqualTo(RejectReason.TOO_DEEP);
        assertThat(reason(plain("{\"a\":".repeat(200_000)), TOKENS)).isEqualTo(RejectReason.TOO_DEEP);
    }

    @Test
    void namesAreBounded() {
        assertThat(accepted(named("n".repeat(BOUNDS.maxNameChars())), TOKENS).id())
                .isEqualTo("e-1");
        assertThat(reason(named("n".repeat(BOUNDS.maxNameChars() + 1)), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
        assertThat(reason(named("n".repeat(1_000_000)), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void stringsAreBounded() {
        EventDecoder wide = wide();
        String longest = "x".repeat(BOUNDS.maxStringChars());

        assertThat(wide.decode(event("{\"tokens\": 7, \"text\": \"" + longest + "\"}"))
                        .event())
                .isPresent();
        assertThat(refusal(wide.decode(event("{\"tokens\": 7, \"text\": \"" + longest + "x\"}"))))
                .isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void numbersAreBoundedInLengthWhoeverReadsThem() {
        String longest = "0." + "0".repeat(BOUNDS.maxNumberChars() - 2);

        assertThat(accepted(event("{\"tokens\": " + longest + "}"), TOKENS).id())
                .isEqualTo("e-1");
        assertThat(reason(event("{\"tokens\": " + longest + "0}"), TOKENS)).isEqualTo(RejectReason.OUT_OF_RANGE);
        assertThat(reason(event("{\"tokens\": 7, \"other\": " + longest + "0}"), TOKENS))
                .isEqualTo(RejectReason.OUT_OF_RANGE);
    }

    @Test
    void tenMegabytesOfDigitsAreNoWork() {
        String digits = "9".repeat(10_000_000);

        assertThat(reason(event("{\"tokens\": " + digits + "}"), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
        assertThat(refusal(wide().decode(event("{\"tokens\": " + digits + "}"))))
                .isEqualTo(RejectReason.OUT_OF_RANGE);
        assertThat(refusal(wide().decode(event("{\"tokens\": \"" + digits + "\"}"))))
                .isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void valuesAreBoundedInNumber() {
        // The event, its four attributes, data, tokens and the list are values too.
        int room = BOUNDS.maxValues() - 8;

        assertThat(accepted(event("{\"tokens\": 7, \"list\": [" + "0,".repeat(room - 1) + "0]}"), TOKENS)
                        .id())
                .isEqualTo("e-1");
        assertThat(reason(event("{\"tokens\": 7, \"list\": [" + "0,".repeat(room) + "0]}"), TOKENS))
                .isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void aHundredThousandNamesAreStillExact() {
        String names =
                IntStream.range(0, 100_000).mapToObj(i -> "\"" + i + "\":0").collect(Collectors.joining(","));

        assertThat(takes(wide(), event("{\"tokens\": 7, " + names + "}"))).isTrue();
        assertThat(refusal(wide().decode(event("{\"tokens\": 7, " + names + ", \"4711\":0}"))))
                .isEqualTo(RejectReason.UNREADABLE);
    }

    /** All names have one hash code: the first pair in Java's strings, the second in Jackson's own table of names. */
    @ParameterizedTest
    @CsvSource({"Aa, BB", "Ab, BA"})
    void namesThatCollideDecideNothingAndCostLittle(String zero, String one) {
        String names = IntStream.range(0, 1 << 14)
                .mapToObj(i -> "\""
                        + Integer.toBinaryString((1 << 14) | i)
                                .substring(1)
                                .replace("0", zero)
                                .replace("1", one)
                        + "\":0")
                .collect(Collectors.joining(","));
        EventDecoder decoder = Decoding.decoder(TOKENS);

        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (int i = 0; i < 20; i++) {
                assertThat(takes(decoder, event("{\"tokens\": 7, " + names + "}")))
                        .isTrue();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e999999999", "1e-999999999", "1e99999999999", "-1e999999999", "1e2147483647", "1e-2147483648"})
    void exponentIsNoWork(String number) {
        EventDecoder decoder = Decoding.decoder(TOKENS);

        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (int i = 0; i < 10_000; i++) {
                assertThat(refusal(decoder.decode(event("{\"tokens\": " + number + "}"))))
                        .isEqualTo(RejectReason.OUT_OF_RANGE);
                assertThat(refusal(decoder.decode(event("{\"tokens\": \"" + number + "\"}"))))
                        .isEqualTo(RejectReason.OUT_OF_RANGE);
            }
        });
    }

    @Test
    void textOfKeysIsBounded() {
        assertThat(accepted(with("e-1", "x".repeat(512)), TOKENS).id()).hasSize(512);
        assertThat(accepted(with("acme", "x".repeat(255)), TOKENS).customerId()).hasSize(255);
        assertThat(accepted(with("acme", "🧾".repeat(255)), TOKENS).customerId())
                .isEqualTo("🧾".repeat(255));
        for (String field : List.of("e-1", "gateway", "llm.completion")) {
            assertThat(reason(with(field, "x".repeat(513)), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
        }
        assertThat(reason(with("acme", "x".repeat(256)), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
        assertThat(reason(with("acme", "🧾".repeat(256)), TOKENS)).isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void withoutBoundsEverythingOfThisIsTaken() {
        EventDecoder decoder = new EventDecoder(List.of(REQUESTS), MAX_LATENESS, InputBounds.none(), false);

        assertThat(takes(decoder, with("acme", "x".repeat(2_000_000)))).isTrue();
        assertThat(takes(decoder, nested(new String[] {"[", "]"}, 100))).isTrue();
        assertThat(takes(decoder, event("{\"tokens\": " + "9".repeat(1_000) + "}")))
                .isTrue();
    }

    private static boolean takes(EventDecoder decoder, RawRecord record) {
        return decoder.decode(record).event().isPresent();
    }

    private static RejectReason refusal(Ingested result) {
        return result.rejection().orElseThrow().reason();
    }

    private static EventDecoder wide() {
        return new EventDecoder(
                List.of(TOKENS),
                MAX_LATENESS,
                InputBounds.ofRecordBytes(IngestSettings.LARGEST_MAX_RECORD_BYTES),
                false);
    }

    private static RawRecord with(String field, String text) {
        return plain(EVENT.replace(field, text));
    }

    private static RawRecord named(String name) {
        return event("{\"tokens\": 7, \"" + name + "\": 1}");
    }

    private static RawRecord nested(String[] brackets, int levels) {
        return event(
                "{\"tokens\": 7, \"deep\": " + brackets[0].repeat(levels) + "0" + brackets[1].repeat(levels) + "}");
    }

    private static RawRecord record(byte @Nullable [] key, List<RecordHeader> headers) {
        return new RawRecord(ORIGIN, APPENDED.toEpochMilli(), key, utf8(EVENT), headers);
    }
}
