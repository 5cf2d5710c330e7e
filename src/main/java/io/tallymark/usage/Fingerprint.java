package io.tallymark.usage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The first 128 bits of SHA-256 over an event's identity. A cryptographic hash because ids are the customer's own text: nobody can
 * craft two that meet. Among 10^12 events the odds of one accidental collision are below 2^-48.
 *
 * <p>Fingerprints add up (modulo 2^128) to a digest that does not depend on order: two runs agree exactly when they counted the same
 * events.
 */
public record Fingerprint(long high, long low) {
    public static final Fingerprint ZERO = new Fingerprint(0, 0);

    /** Fingerprint of the identity ({@code source}, {@code id}); the length prefix keeps ("ab","c") and ("a","bc") apart. */
    public static Fingerprint of(String source, String id) {
        byte[] sourceBytes = source.getBytes(StandardCharsets.UTF_8);
        MessageDigest sha = sha256();
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(sourceBytes.length).flip());
        sha.update(sourceBytes);
        ByteBuffer hash = ByteBuffer.wrap(sha.digest(id.getBytes(StandardCharsets.UTF_8)));
        return new Fingerprint(hash.getLong(), hash.getLong());
    }

    public Fingerprint plus(Fingerprint other) {
        long sumLow = low + other.low;
        long carry = Long.compareUnsigned(sumLow, low) < 0 ? 1 : 0;
        return new Fingerprint(high + other.high + carry, sumLow);
    }

    /** Takes a fingerprint out of a sum again. */
    public Fingerprint minus(Fingerprint other) {
        long borrow = Long.compareUnsigned(low, other.low) < 0 ? 1 : 0;
        return new Fingerprint(high - other.high - borrow, low - other.low);
    }

    /** Big-endian, 16 bytes: the form in which digests are stored. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
    }

    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must offer SHA-256", e);
        }
    }
}
