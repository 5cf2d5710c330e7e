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
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
                requireOneOutcome(outcome);
                require(outcome.equals(other.decode(record)), "decoded twice, two outcomes");
                require(!sound || outcome.event().equals(Optional.of(mutator.expected(i))), "not exact");
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", record " + i + ": " + shown(record) + ": " + outcome, e);
            }
            outcome.rejection().map(Rejection::reason).ifPresent(met::add);
        }
        assertThat(met).as("reasons met").hasSizeGreaterThanOrEqualTo(9);
    }

    private static EventDecoder decoder() {
        return new EventDecoder(METERS, MAX_LATENESS, Decoding.BOUNDS, true);
    }

    private static void requireOneOutcome(Ingested outcome) {
        require(outcome.origin().equals(Optional.of(ORIGIN)), "another record's outcome");
        require(outcome.event().isEmpty() || outcome.rejection().isEmpty(), "accepted and rejected");
        outcome.event().ifPresent(MutatedRecordsTest::requirePossible);
        String detail = outcome.rejection().map(Rejection::detail).orElse("ignored");
        require(!detail.isEmpty() && detail.length() < 400, "detail is empty or endless");
        require(!detail.startsWith("the decoder failed"), "an exception in the decoder");
    }

    /** What the stages behind rely on. */
    private static void requirePossible(UsageEvent event) {
        requireStorable(event.id(), 512);
        requireStorable(event.source(), 512);
        requireStorable(event.customerId(), 255);
        long ageMillis = APPENDED.toEpochMilli() - event.timeMillis();
        require(ageMillis >= -EventTime.MAX_AHEAD_MILLIS && ageMillis <= MAX_LATENESS.toMillis(), "time not accepted");
        require(!event.measurements().isEmpty() && event.measurements().size() <= METERS.size(), "measurements");
        event.measurements().forEach(MutatedRecordsTest::requirePossible);
    }

    private static void requirePossible(Measurement measurement) {
        requireStorable(measurement.dimensions(), 1_024);
        BigDecimal quantity = measurement.quantity();
        require(quantity.precision() - quantity.scale() <= 20 && quantity.scale() <= 18, "quantity out of range");
        require(measurement.metric().equals("credits") || quantity.signum() >= 0, "negative quantity");
        try {
            JSON.readTree(measurement.dimensions())
                    .forEach(value -> require(value.isTextual(), "dimension is no text"));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static void requireStorable(String text, int maxChars) {
        require(text.codePointCount(0, text.length()) <= maxChars, "text too long");
        require(text.indexOf('\0') < 0, "NUL in a key");
        require(new String(utf8(text), StandardCharsets.UTF_8).equals(text), "text has no UTF-8 form");
    }

    /** Plain, since it runs some million times. */
    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static String shown(RawRecord record) {
        byte[] value = record.value();
        return (value == null ? "null" : new String(value, StandardCharsets.UTF_8)) + " " + record.headers();
    }
}
