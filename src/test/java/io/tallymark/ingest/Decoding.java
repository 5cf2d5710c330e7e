package io.tallymark.ingest;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Meter;
import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.UsageEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records and meters for the decoder's tests, and short ways to run it. */
final class Decoding {
    static final Instant APPENDED = Instant.parse("2026-03-01T12:00:00Z");
    static final Duration MAX_LATENESS = Duration.ofDays(7);
    static final InputBounds BOUNDS = InputBounds.ofRecordBytes(IngestSettings.DEFAULT_MAX_RECORD_BYTES);
    static final Origin ORIGIN = new Origin("usage-events", 3, 42);

    static final Meter REQUESTS = meter("requests", Aggregation.COUNT, "");
    static final Meter TOKENS = meter("tokens", Aggregation.SUM, "data.tokens");

    private Decoding() {}

    static Meter meter(String metric, Aggregation aggregation, String valuePath) {
        return new Meter(
                metric, "llm.completion", aggregation, valuePath, List.of(), Map.of(), false, Meter.ALWAYS, null);
    }

    static Meter byDimensions(String... paths) {
        return new Meter(
                "requests",
                "llm.completion",
                Aggregation.COUNT,
                "",
                List.of(paths),
                Map.of(),
                false,
                Meter.ALWAYS,
                null);
    }

    static Meter where(Map<String, String> conditions) {
        return new Meter(
                "requests", "llm.completion", Aggregation.COUNT, "", List.of(), conditions, false, Meter.ALWAYS, null);
    }

    static Ingested decode(RawRecord record, Meter... meters) {
        return decoder(meters).decode(record);
    }

    static EventDecoder decoder(Meter... meters) {
        return new EventDecoder(List.of(meters), MAX_LATENESS, BOUNDS, false);
    }

    static UsageEvent accepted(RawRecord record, Meter... meters) {
        Ingested result = decode(record, meters);
        return result.event().orElseThrow(() -> new AssertionError("not accepted but " + result.rejection()));
    }

    static List<Measurement> measured(RawRecord record, Meter... meters) {
        return accepted(record, meters).measurements();
    }

    static boolean isIgnored(RawRecord record, Meter... meters) {
        Ingested result = decode(record, meters);
        return result.event().isEmpty() && result.rejection().isEmpty();
    }

    static RejectReason reason(RawRecord record, Meter... meters) {
        return decode(record, meters).rejection().orElseThrow().reason();
    }

    /** A plain event of {@code llm.completion} with the given data. */
    static RawRecord event(String data) {
        return plain("""
                {"id": "e-1", "source": "gateway", "type": "llm.completion", "subject": "acme", "data": %s}""".formatted(data));
    }

    static RawRecord plain(String value) {
        return new RawRecord(ORIGIN, APPENDED.toEpochMilli(), null, utf8(value), List.of());
    }

    static RawRecord bytes(byte @Nullable [] value) {
        return new RawRecord(ORIGIN, APPENDED.toEpochMilli(), null, value, List.of());
    }

    /** Headers as name, value, name, value. */
    static RawRecord withHeaders(@Nullable String value, String... headers) {
        List<RecordHeader> list = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            list.add(new RecordHeader(headers[i], utf8(headers[i + 1])));
        }
        return new RawRecord(ORIGIN, APPENDED.toEpochMilli(), null, value == null ? null : utf8(value), list);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
