package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.MAX_LATENESS;
import static io.tallymark.ingest.Decoding.TOKENS;
import static io.tallymark.ingest.Decoding.plain;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The closed list of reasons: an event that is counted, and for each reason the one change that has it refused. */
class RejectReasonTest {
    private static final String EVENT = """
            {"id": "e-1", "source": "gateway", "type": "llm.completion", "subject": "acme", "time": "2026-03-01T12:00:00Z",
             "data": {"tokens": 7}}""";

    /** Decided where the state of an id is known. */
    private static final Set<RejectReason> DECIDED_IN_DEDUP = EnumSet.of(RejectReason.VOID_MISMATCH);

    private static final EventDecoder STRICT = new EventDecoder(List.of(TOKENS), MAX_LATENESS, Decoding.BOUNDS, true);

    static List<Arguments> refusals() {
        return List.of(
                row(RejectReason.UNREADABLE, "}", "", "not JSON: "),
                row(RejectReason.MISSING_ATTRIBUTE, "\"acme\"", "\"\"", "subject is missing"),
                row(RejectReason.UNKNOWN_TYPE, "llm.", "nlm.", "no meter listens to the type nlm.completion"),
                row(RejectReason.WRONG_TYPE, "\"acme\"", "12", "subject must be a string, not 12"),
                row(RejectReason.BAD_TIME, "12:00:00Z", "", "time is no RFC 3339 timestamp: 2026-03-01T"),
                row(
                        RejectReason.IN_FUTURE,
                        "12:00:00Z",
                        "12:05:00.001Z",
                        "time 2026-03-01T12:05:00.001Z is more than 5"),
                row(
                        RejectReason.TOO_LATE,
                        "2026-03-01T12",
                        "2026-02-22T11",
                        "time 2026-02-22T11:00:00Z is more than max-"),
                row(RejectReason.NOT_A_NUMBER, "7", "\"seven\"", "data.tokens is no decimal number: \"seven\""),
                row(
                        RejectReason.OUT_OF_RANGE,
                        "7",
                        "-7",
                        "data.tokens is negative: -7; the meter takes such values with"),
                row(
                        RejectReason.TOO_LARGE,
                        "acme",
                        "x".repeat(256),
                        "subject has 256 characters; the limit is 255: xx"),
                row(RejectReason.TOO_DEEP, "7", "[".repeat(63), "the JSON is nested deeper than 64 levels"));
    }

    @Test
    void unchangedEventIsCounted() {
        assertThat(STRICT.decode(plain(EVENT)).event()).isPresent();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void oneChangeHasItRefused(RejectReason reason, String original, String replacement, String detail) {
        assertThat(EVENT).contains(original);

        Rejection rejection = STRICT.decode(plain(EVENT.replace(original, replacement)))
                .rejection()
                .orElseThrow();

        assertThat(rejection.reason()).isEqualTo(reason);
        assertThat(rejection.detail()).startsWith(detail);
    }

    @Test
    void everyReasonHasItsRow() {
        Set<RejectReason> shown = Stream.concat(
                        refusals().stream().map(row -> (RejectReason) row.get()[0]), DECIDED_IN_DEDUP.stream())
                .collect(Collectors.toSet());

        assertThat(shown).containsExactlyInAnyOrderElementsOf(Arrays.asList(RejectReason.values()));
    }

    @Test
    void unknownTypeIsOnlyRefusedWhereTheConfigurationSaysSo() {
        EventDecoder lenient = new EventDecoder(List.of(TOKENS), MAX_LATENESS, Decoding.BOUNDS, false);

        Ingested ignored = lenient.decode(plain(EVENT.replace("llm.", "nlm.")));

        assertThat(ignored.rejection()).isEmpty();
        assertThat(ignored.event()).isEmpty();
    }

    private static Arguments row(RejectReason reason, String original, String replacement, String detail) {
        return Arguments.of(reason, original, replacement, detail);
    }
}
