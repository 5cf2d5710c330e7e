package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.APPENDED;
import static io.tallymark.ingest.Decoding.ORIGIN;
import static io.tallymark.ingest.Decoding.utf8;

import io.tallymark.usage.Measurement;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.UsageEvent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Sound records in both modes, what they must decode to, and the same records with one to four things wrong. */
final class Mutator {
    private static final String DATA = """
            {"tokens": %d.50, "credits": "-3", "model": "größe-\uD83D\uDE00", "region": "eu", "cached": false, "note": [1, {"a": null}]}""";
    private static final String EVENT = """
            {"specversion": "1.0", "id": "e-%d", "source": "gateway", "type": "llm.completion", "subject": "acme",
             "time": "2026-03-01T11:59:59Z", "data": %s}""";
    private static final String[] MORSELS = {
        "1e2147483647",
        "1000e2147483647",
        "1e-2147483648",
        "1e99999999999",
        "9999999999999999999999",
        "9".repeat(101),
        "-0",
        "-0.0",
        "-7",
        "NaN",
        "Infinity",
        "\\uD800",
        "\\u0000",
        "\\uDC00",
        "\0",
        "\uFEFF",
        "\u202E",
        "e\u0301",
        "{",
        "}",
        "]",
        "\"",
        "\\",
        ",",
        "null",
        "true",
        "e",
        "-",
        ".",
        "\"x\"",
        "[".repeat(70),
        "\"data\":",
        "\"time\":\"x\",",
        "\"time\":\"2025-03-01T11:59:59Z\",",
        "\"time\":\"2027-03-01T11:59:59Z\",",
        "\"void\":true,",
        "\"tokens\":",
        "\"id\":{},",
        "x".repeat(600),
        "'; DROP TABLE usage_hourly; --",
        "\n"
    };
    private static final String[] HEADER_NAMES = {
        "ce_id",
        "CE_ID",
        "ce_source",
        "ce_type",
        "ce_subject",
        "ce_time",
        "ce_void",
        "ce_specversion",
        "ce_",
        "",
        "content-type",
        "tallymark-append-time"
    };

    private final Random random;

    Mutator(Random random) {
        this.random = random;
    }

    /** @param number makes the record's id and quantity its own */
    RawRecord sound(int number) {
        return number % 3 == 0
                ? record(utf8(DATA.formatted(number)), headers(number))
                : record(utf8(text(number)), List.of());
    }

    /** What {@link #sound} decodes to. */
    UsageEvent expected(int number) {
        return new UsageEvent(
                "gateway",
                "e-" + number,
                "acme",
                APPENDED.minusSeconds(1).toEpochMilli(),
                true,
                APPENDED.toEpochMilli(),
                ORIGIN,
                List.of(
                        new Measurement("requests", "{}", BigDecimal.ONE),
                        new Measurement("tokens", "{\"model\":\"größe-\uD83D\uDE00\"}", new BigDecimal(number + ".5")),
                        new Measurement("credits", "{\"region\":\"eu\",\"subject\":\"acme\"}", new BigDecimal(-3))),
                null);
    }

    RawRecord mutated(int number) {
        boolean binary = random.nextInt(3) == 0;
        List<RecordHeader> headers = new ArrayList<>(binary ? headers(number) : List.of());
        byte[] value = utf8(edited(binary ? DATA.formatted(number) : text(number)));
        if (random.nextInt(8) == 0 && value.length > 0) {
            value[random.nextInt(value.length)] = (byte) random.nextInt();
        }
        if (random.nextInt(20) == 0) {
            value = Arrays.copyOf(value, random.nextInt(value.length + 1));
        }
        if (random.nextInt(4) == 0) {
            headers.add(random.nextInt(headers.size() + 1), header());
        }
        return record(random.nextInt(100) == 0 ? null : value, headers);
    }

    private String edited(String sound) {
        StringBuilder text = new StringBuilder(sound);
        for (int edits = 1 + random.nextInt(4); edits > 0 && !text.isEmpty(); edits--) {
            int at = random.nextInt(text.length());
            String morsel = MORSELS[random.nextInt(MORSELS.length)];
            switch (random.nextInt(6)) {
                case 0 -> text.insert(at, morsel);
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.setCharAt(at, (char) random.nextInt(0x250));
                case 3 -> text.replace(at, Math.min(text.length(), at + random.nextInt(40)), "");
                case 4 -> afterNext(text, at, ": ", morsel);
                default -> afterNext(text, at, "{", morsel);
            }
        }
        return text.toString();
    }

    /** Where it hits the grammar's joints; a number or a string before a comma is replaced now and then. */
    private void afterNext(StringBuilder text, int at, String joint, String morsel) {
        int found = text.indexOf(joint, at);
        if (found < 0) {
            return;
        }
        int begin = found + joint.length();
        int comma = text.indexOf(",", begin);
        text.replace(begin, comma > 0 && random.nextBoolean() ? comma : begin, morsel);
    }

    private RecordHeader header() {
        String name = HEADER_NAMES[random.nextInt(HEADER_NAMES.length)];
        return switch (random.nextInt(4)) {
            case 0 -> new RecordHeader(name, null);
            case 1 -> new RecordHeader(name, new byte[] {(byte) random.nextInt(), (byte) random.nextInt()});
            case 2 -> new RecordHeader(name, utf8("application/cloudevents+json"));
            default -> new RecordHeader(name, utf8(MORSELS[random.nextInt(MORSELS.length)]));
        };
    }

    private static String text(int number) {
        return EVENT.formatted(number, DATA.formatted(number));
    }

    private static List<RecordHeader> headers(int number) {
        return Decoding.withHeaders(
                        null,
                        "ce_id",
                        "e-" + number,
                        "ce_source",
                        "gateway",
                        "ce_type",
                        "llm.completion",
                        "ce_subject",
                        "acme",
                        "ce_time",
                        "2026-03-01T11:59:59Z")
                .headers();
    }

    private static RawRecord record(byte @Nullable [] value, List<RecordHeader> headers) {
        return new RawRecord(ORIGIN, APPENDED.toEpochMilli(), null, value, headers);
    }
}
