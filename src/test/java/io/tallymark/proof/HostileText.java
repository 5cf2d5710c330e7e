package io.tallymark.proof;

import java.util.List;
import java.util.random.RandomGenerator;

/** Text that has broken programs before. */
final class HostileText {
    /** JSON values, and what looks like some. */
    static final List<String> TOKENS = List.of(
            "1e999999999",
            "1e-999999999",
            "1E+99999999999999999999",
            "-0",
            "-0.0",
            "0e0",
            "1.0000",
            "-1",
            "-99999999999999999999",
            "99999999999999999999",
            "100000000000000000000",
            "0.000000000000000001",
            "0.0000000000000000001",
            "9".repeat(400),
            "0." + "0".repeat(400) + "1",
            "NaN",
            "Infinity",
            "-Infinity",
            "\"NaN\"",
            "\"1e999999999\"",
            "\"-0\"",
            "\"0x10\"",
            "\"١٢٣\"",
            "\" 1\"",
            "\"\"",
            "01",
            "+1",
            ".5",
            "true",
            "false",
            "\"true\"",
            "\"TRUE\"",
            "\"false\"",
            "null",
            "[]",
            "{}",
            "[[[]]]",
            "{\"a\":{\"b\":null}}",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udc00x\"",
            "\"a\\ud83d\\ude00b\"",
            "\"'; DROP TABLE usage_hourly; --\"",
            "\"<script>alert(1)</script>\"",
            "\"%s%n\\\\\\\"\"",
            "\"" + "é".repeat(600) + "\"",
            "\"" + "x".repeat(255) + "\"",
            "\"" + "x".repeat(256) + "\"",
            "\"" + "\uD83D\uDE00".repeat(255) + "\"");

    static final List<String> TIMES = List.of(
            "9999-12-31T23:59:59.999Z",
            "+999999999-12-31T23:59:59Z",
            "-0001-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2016-12-31T23:59:60Z",
            "2026-02-29T00:00:00Z",
            "2024-02-29T24:00:00Z",
            "2026-03-29T02:30:00+02:00",
            "2026-03-01T00:00:00+18:00",
            "2026-03-01T00:00:00-18:00",
            "2026-03-01T00:00:00+25:00",
            "2026-03-01T00:00:00.123456789012Z",
            "2026-03-01t00:00:00z",
            "2026-03-01 00:00:00Z",
            "2026-03-01T00:00Z",
            "2026-03-01",
            "1767225600",
            "1767225600000",
            "now",
            "",
            "\u0000");

    static final List<String> CONTENT_TYPES = List.of(
            "application/cloudevents+json",
            "application/cloudevents+avro",
            "application/cloudevents-batch+json",
            "APPLICATION/CLOUDEVENTS+JSON; charset=utf-16",
            "application/json",
            "text/plain",
            "application/octet-stream",
            "");

    /** Headers that mean something to somebody. */
    static final List<String> HEADER_NAMES = List.of(
            "content-type",
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_subject",
            "ce_time",
            "ce_specversion",
            "ce_void",
            "ce_",
            "CE_ID",
            "tallymark-reason",
            "tallymark-append-time",
            "tallymark-offset",
            "");

    /** What may stand around an event, {@code $}. */
    static final List<String> WRAPPINGS =
            List.of("[$]", "$$", "$,", "\uFEFF$", " \n\t$\n", "$ x", "{\"data\":$}", "null$", "$\u0000", "/* */$");

    private HostileText() {}

    /** Up to a few dozen characters from anywhere in Unicode. */
    static String string(RandomGenerator random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(40); length > 0; length--) {
            switch (random.nextInt(4)) {
                case 0 -> text.append((char) (' ' + random.nextInt(95)));
                case 1 -> text.append((char) random.nextInt(0x100));
                case 2 -> text.append((char) random.nextInt(0x10000));
                default -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
            }
        }
        return text.toString();
    }

    /** The same as a JSON string in ASCII, half a surrogate pair included. */
    static String quoted(RandomGenerator random) {
        StringBuilder text = new StringBuilder("\"");
        string(random).chars().forEach(c -> text.append(String.format("\\u%04x", c)));
        return text.append('"').toString();
    }

    /** Arrays or objects within each other, mostly some dozens, now and then up to that many. */
    static String nested(RandomGenerator random, int max) {
        int levels = 1 + random.nextInt(random.nextInt(1_000) == 0 ? max : 150);
        return random.nextBoolean()
                ? "[".repeat(levels) + "]".repeat(levels)
                : "{\"a\":".repeat(levels) + "1" + "}".repeat(levels);
    }
}
