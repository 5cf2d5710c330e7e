package io.tallymark.usage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/** Names a thing by all it says: readable in front, then 128 bits of SHA-256. So one name never stands for two contents. */
public final class ContentName {
    private static final int METRIC_CHARS = 30;
    private static final int HASH_BYTES = 16;
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HH", Locale.ROOT).withZone(ZoneOffset.UTC);

    private ContentName() {}

    /**
     * At most 87 characters after the prefix: 30 of the metric, 11 of the hour, 10 of the number, 32 of the hash and what separates them.
     *
     * @param contents all that the name stands for
     */
    public static String of(String prefix, String metric, Instant hour, int sequence, String... contents) {
        return prefix + "-" + readable(metric) + "-" + HOUR.format(hour) + "-" + sequence + "-" + hash(contents);
    }

    private static String readable(String metric) {
        String plain = metric.replaceAll("[^A-Za-z0-9_]", "_");
        return plain.substring(0, Math.min(METRIC_CHARS, plain.length()));
    }

    private static String hash(String... contents) {
        MessageDigest sha = sha256();
        for (String content : contents) {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
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
