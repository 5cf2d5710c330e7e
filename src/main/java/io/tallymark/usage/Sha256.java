package io.tallymark.usage;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 over fields. Looking the algorithm up takes longer than hashing an event, so each thread keeps its own. */
final class Sha256 {
    private static final ThreadLocal<Sha256> OF_THREAD = ThreadLocal.withInitial(Sha256::new);
    private static final int LENGTH_BYTES = 32;

    private final MessageDigest digest = newDigest();
    private final byte[] number = new byte[Long.BYTES];
    private final byte[] result = new byte[LENGTH_BYTES];

    private Sha256() {}

    /** The thread's own; whoever takes it adds fields and calls {@link #end}, before anybody else takes it. */
    static Sha256 begin() {
        return OF_THREAD.get();
    }

    /** Adds a text without its length: only for the last field, or one of fixed length. */
    Sha256 last(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Adds a text with its length before it, so that two fields never run into each other. */
    Sha256 text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        big(bytes.length, Integer.BYTES);
        digest.update(bytes);
        return this;
    }

    Sha256 number(long value) {
        big(value, Long.BYTES);
        return this;
    }

    Sha256 flag(boolean value) {
        digest.update((byte) (value ? 1 : 0));
        return this;
    }

    void end() {
        try {
            digest.digest(result, 0, result.length);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 has 32 bytes", e);
        }
    }

    /** A word of the hash that was ended last: 0 to 3. */
    long word(int index) {
        long word = 0;
        for (int i = index * Long.BYTES; i < (index + 1) * Long.BYTES; i++) {
            word = (word << Byte.SIZE) | (result[i] & 0xFF);
        }
        return word;
    }

    /** The lowest bytes of a number, big-endian. */
    private void big(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            number[i] = (byte) (value >>> (Byte.SIZE * (bytes - 1 - i)));
        }
        digest.update(number, 0, bytes);
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must offer SHA-256", e);
        }
    }
}
