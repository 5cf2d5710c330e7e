package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.APPENDED;
import static io.tallymark.ingest.Decoding.MAX_LATENESS;
import static io.tallymark.ingest.Decoding.ORIGIN;
import static io.tallymark.ingest.Decoding.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Meter;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sound records, and the same with a few things wrong: whatever comes, one outcome, the same each time, and nothing impossible in it. */
class MutatedRecordsTest {
    private static final int RECORDS = 200_000;
    private static final int SOUND_EVERY = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<Meter> METERS = List.of(
            Decoding.REQUESTS,
            new Meter(
                    "tokens",
                    "llm.completion",
                    Aggregation.SUM,
                    "data.tokens",
                    List.of("data.model"),
                    Map.of("data.cached", "false"),
                    false,
                    Meter.ALWAYS,
                    null),
            new Meter(
                    "credits",
                    "llm.completion",
                    Aggregation.SUM,
                    "data.credits",
                    List.of("subject", "data.region"),
                    Map.of(),
                    true,
                    APPENDED.minusSeconds(30).toEpochMilli(),
                    null));

    @Test
    void everyRecordHasOneOutcomeAndSoundOnesAreExact() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("MutatedRecordsTest seed " + seed);
        Mutator mutator = new Mutator(new Random(seed));
        EventDecoder decoder = decoder();
        EventDecoder other = decoder();
        Set<RejectReason> met = EnumSet.noneOf(RejectReason.class);
        for (int i = 0; i < RECORDS; i++) {
            boolean sound = i % SOUND_EVERY == 0;
            RawRecord record = sound ? mutator.sound(i) : mutator.mutated(i);
            Ingested outcome = decoder.decode(record);
            try {
                assertThat(outcome).isEqualTo(decoder.decode(record)).isEqualTo(other.decode(record));
                requireOneOutcome(outcome);
                if (sound) {
                    assertThat(outcome.event()).contains(mutator.expected(i));
                }
                outcome.rejection().map(Rejection::reason).ifPresent(met::add);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", record " + i + ": " + shown(record), e);
            }
        }
        assertThat(met).as("reasons met").hasSizeGreaterThanOrEqualTo(9);
    }

    private static EventDecoder decoder() {
        return new EventDecoder(METERS, MAX_LATENESS, Decoding.BOUNDS, true);
    }

    private static void requireOneOutcome(Ingested outcome) {
        assertThat(outcome.origin()).contains(ORIGIN);
        assertThat(outcome.event().isPresent() && outcome.rejection().isPresent())
                .isFalse();
        outcome.event().ifPresent(MutatedRecordsTest::requirePossible);
        if (outcome.rejection().isPresent()) {
            assertThat(outcome.rejection().get().detail())
                    .isNotEmpty()
                    .hasSizeLessThan(400)
                    .doesNotStartWith("the decoder failed");
        }
    }

    /** What the stages behind rely on. */
    private static void requirePossible(UsageEvent event) {
        requireStorable(event.id(), 512);
        requireStorable(event.source(), 512);
        requireStorable(event.customerId(), 255);
        long age = APPENDED.toEpochMilli() - event.timeMillis();
        assertThat(age).isBetween(-EventTime.MAX_AHEAD_MILLIS, MAX_LATENESS.toMillis());
        assertThat(event.measurements()).isNotEmpty().hasSizeLessThanOrEqualTo(METERS.size());
        event.measurements().forEach(MutatedRecordsTest::requirePossible);
    }

    private static void requirePossible(Measurement measurement) {
        requireStorable(measurement.dimensions(), 1_024);
        assertThat(measurement.quantity().precision() - measurement.quantity().scale())
                .isLessThanOrEqualTo(20);
        assertThat(measurement.quantity().scale()).isLessThanOrEqualTo(18);
        assertThat(measurement.metric().equals("credits")
                        || measurement.quantity().signum() >= 0)
                .isTrue();
        try {
            JSON.readTree(measurement.dimensions())
                    .forEach(value -> assertThat(value.isTextual()).isTrue());
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static void requireStorable(String text, int maxChars) {
        assertThat(text.codePointCount(0, text.length())).isLessThanOrEqualTo(maxChars);
        assertThat(text.indexOf('\0')).isNegative();
        assertThat(new String(utf8(text), StandardCharsets.UTF_8)).isEqualTo(text);
    }

    private static String shown(RawRecord record) {
        byte[] value = record.value();
        return (value == null ? "null" : new String(value, StandardCharsets.UTF_8)) + " " + record.headers();
    }
}
