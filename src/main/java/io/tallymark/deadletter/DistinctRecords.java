package io.tallymark.deadletter;

import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.UserError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells identical records apart from new ones. Identical records are one event and count once, so one is enough to send; and a record
 * that is rejected after every redrive has one letter more each time, of which the next redrive sends one and not all.
 */
final class DistinctRecords {
    /** About 100 bytes of memory each. */
    private static final int MAX_RECORDS = 5_000_000;

    private final Set<ByteBuffer> seen = new HashSet<>();

    /** Whether this is the first of its kind; what redriving added to the headers does not count. */
    boolean add(LetterContent content) {
        if (seen.size() >= MAX_RECORDS) {
            throw new UserError(
                    "more than " + MAX_RECORDS + " letters are selected", "narrow them down with --from and --to");
        }
        return seen.add(hash(content));
    }

    private static ByteBuffer hash(LetterContent content) {
        MessageDigest sha = sha256();
        add(sha, content.key());
        add(sha, content.value());
        for (RecordHeader header : content.headers()) {
            if (!RedrivenRecord.isAddedByRedrive(header)) {
                add(sha, header.name().getBytes(StandardCharsets.UTF_8));
                add(sha, header.value());
            }
        }
        return ByteBuffer.wrap(sha.digest(), 0, 2 * Long.BYTES);
    }

    /** With a length before it, so that two fields never run into each other; absent is not empty. */
    private static void add(MessageDigest sha, byte @Nullable [] bytes) {
        int length = bytes == null ? -1 : bytes.length;
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
        if (bytes != null) {
            sha.update(bytes);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must offer SHA-256", e);
        }
    }
}
