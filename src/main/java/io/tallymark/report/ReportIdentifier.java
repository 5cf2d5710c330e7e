package io.tallymark.report;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The identifier of a report: readable in front, then 128 bits of SHA-256 over everything that is sent. So one identifier never carries
 * two values, not even when the database was restored from a backup and has forgotten the first.
 */
final class ReportIdentifier {
    private static final int METRIC_CHARS = 30;
    private static final int HASH_BYTES = 16;
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HH", Locale.ROOT).withZone(ZoneOffset.UTC);

    private ReportIdentifier() {}

    /** At most 3 + 30 + 1 + 11 + 1 + 10 + 1 + 32 = 89 characters. */
    static String of(DueHour hour, int sequence, Target target, BigDecimal value, Instant timestamp) {
        return "tm-" + readable(hour.metric()) + "-" + HOUR.format(hour.start()) + "-" + sequence + "-"
                + hash(
                        target.mode().configName(),
                        target.name(),
                        hour.metric(),
                        hour.customerId(),
                        target.stripeCustomerId(),
                        timestamp.toString(),
                        Integer.toString(sequence),
                        Quantity.plain(value).toPlainString());
    }

    private static String readable(String metric) {
        String plain = metric.replaceAll("[^A-Za-z0-9_]", "_");
        return plain.substring(0, Math.min(METRIC_CHARS, plain.length()));
    }

    private static String hash(String... parts) {
        MessageDigest sha = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            // The length keeps ("ab", "c") and ("a", "bc") apart.
            sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            sha.update(bytes);
        }
        return HexFormat.of().formatHex(sha.digest(), 0, HASH_BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must offer SHA-256", e);
        }
    }
}
