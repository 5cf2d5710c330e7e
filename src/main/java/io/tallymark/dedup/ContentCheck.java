package io.tallymark.dedup;

import io.tallymark.usage.Measurement;
import io.tallymark.usage.UsageEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;

/**
 * The first 48 bits of SHA-256 over what an event is billed for: customer, time and what it adds to each meter. Fields that no meter
 * reads are not in it, and neither is a time that the event does not state, since that differs from repeat to repeat. What a void takes
 * out is therefore exactly what was added, and a void that the meters of today measure otherwise does not match. Two contents of one
 * identity pass for the same with odds of 2^-48.
 */
final class ContentCheck {
    static final int BITS = 48;

    private ContentCheck() {}

    static long of(UsageEvent event) {
        MessageDigest sha = sha256();
        add(sha, event.customerId());
        sha.update((byte) (event.timeGiven() ? 1 : 0));
        if (event.timeGiven()) {
            sha.update(
                    ByteBuffer.allocate(Long.BYTES).putLong(event.timeMillis()).flip());
        }
        for (Measurement measurement : inOrderOfMetric(event.measurements())) {
            add(sha, measurement.metric());
            add(sha, measurement.dimensions());
            add(sha, measurement.quantity().stripTrailingZeros().toString());
        }
        return ByteBuffer.wrap(sha.digest()).getLong() >>> (Long.SIZE - BITS);
    }

    /** So that meters may change places in the configuration between an event and its void. */
    private static List<Measurement> inOrderOfMetric(List<Measurement> measurements) {
        if (measurements.size() == 1) {
            return measurements;
        }
        return measurements.stream()
                .sorted(Comparator.comparing(Measurement::metric))
                .toList();
    }

    /** With a length before it, so that two fields never run into each other. */
    private static void add(MessageDigest sha, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        sha.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must offer SHA-256", e);
        }
    }
}
