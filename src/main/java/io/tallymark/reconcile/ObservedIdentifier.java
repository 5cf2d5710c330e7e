package io.tallymark.reconcile;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/** The name of a correction: readable in front, then 128 bits of SHA-256 over all it says. Stripe never sees it. */
final class ObservedIdentifier {
    private static final int METRIC_CHARS = 30;
    private static final int HASH_BYTES = 16;
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HH", Locale.ROOT).withZone(ZoneOffset.UTC);

    private ObservedIdentifier() {}

    /** At most 4 + 30 + 1 + 11 + 1 + 10 + 1 + 32 = 90 characters. */
    static String of(Lane lane, Correction correction) {
        ReportLine model = correction.model();
        return "obs-" + readable(lane.metric()) + "-" + HOUR.format(model.hour()) + "-" + correction.sequence() + "-"
                + hash(
                        model.mode().configName(),
                        model.target(),
                        lane.metric(),
                        lane.customerId(),
                        model.stripeCustomerId(),
                        model.timestamp().toString(),
                        Integer.toString(correction.sequence()),
                        plain(correction.value()),
                        plain(correction.amount()));
    }

    private static String readable(String metric) {
        String plain = metric.replaceAll("[^A-Za-z0-9_]", "_");
        return plain.substring(0, Math.min(METRIC_CHARS, plain.length()));
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
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
