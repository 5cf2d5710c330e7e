package io.tallymark.usage;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * SHA-256 over fields. Looking the algorithm up takes longer than hashing an event, and so does handing it many small pieces: each thread
 * keeps its own, and gathers the fields first.
 */
final class Sha256 {
    private static final ThreadLocal<Sha256> OF_THREAD = ThreadLocal.withInitial(Sha256::new);
    private static final int LENGTH_BYTES = 32;
    private static final int FIRST_BYTES = 512;
    private static final int ASCII_END = 0x80;

    private final MessageDigest digest = newDigest();
    private final byte[] result = new byte[LENGTH_BYTES];
    private byte[] fields = new byte[FIRST_BYTES];
    private int size;

    private Sha256() {}

    /** The thread's own; whoever takes it adds fields and calls {@link #end}, before anybody else takes it. */
    static Sha256 begin() {
        Sha256 own = OF_THREAD.get();
        own.size = 0;
        return own;
    }

    /** Adds a text in UTF-8, without its length: only as the last field. */
    Sha256 last(String text) {
        ensureRoom(text.length());
        int start = size;
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next >= ASCII_END) {
                size = start;
                return bytes(text.getBytes(StandardCharsets.UTF_8));
            }
            fields[size++] = (byte) next;
        }
        return this;
    }

    /** Adds a text with its length in bytes before it, so that two fields never run into each other. */
    Sha256 text(String text) {
        int start = size;
        big(0, Integer.BYTES);
        last(text);
        int end = size;
        size = start;
        big(end - start - Integer.BYTES, Integer.BYTES);
        size = end;
        return this;
    }

    Sha256 number(long value) {
        big(value, Long.BYTES);
        return this;
    }

    Sha256 flag(boolean value) {
        big(value ? 1 : 0, 1);
        return this;
    }

    void end() {
        digest.update(fields, 0, size);
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

    private Sha256 bytes(byte[] bytes) {
        ensureRoom(bytes.length);
        System.arraycopy(bytes, 0, fields, size, bytes.length);
        size += bytes.length;
        return this;
    }

    /** The lowest bytes of a number, big-endian. */
    private void big(long value, int bytes) {
        ensureRoom(bytes);
        for (int shift = Byte.SIZE * (bytes - 1); shift >= 0; shift -= Byte.SIZE) {
            fields[size++] = (byte) (value >>> shift);
        }
    }

    private void ensureRoom(int more) {
        if (size + more > fields.length) {
            fields = Arrays.copyOf(fields, Math.max(fields.length * 2, size + more));
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must offer SHA-256", e);
        }
    }
}
