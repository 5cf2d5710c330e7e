package io.tallymark.usage;

import java.nio.ByteBuffer;

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
        Sha256 sha = Sha256.begin().text(source).last(id);
        sha.end();
        return new Fingerprint(sha.word(0), sha.word(1));
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
}
