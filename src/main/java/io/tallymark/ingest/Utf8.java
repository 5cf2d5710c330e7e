package io.tallymark.ingest;

import io.tallymark.usage.RejectReason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes text strictly: with replacement characters two different ids would become one, and one of their events a duplicate. */
final class Utf8 {
    private Utf8() {}

    /** Whether the bytes are UTF-8. */
    static boolean isSound(byte[] bytes) {
        try {
            decode("", bytes);
            return true;
        } catch (RejectException e) {
            return false;
        }
    }

    /**
     * The text of some bytes.
     *
     * @param what names the bytes, for the message
     * @throws RejectException when they are not UTF-8
     */
    static String decode(String what, byte[] bytes) throws RejectException {
        if (isAscii(bytes)) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RejectException(RejectReason.UNREADABLE, what + " is not UTF-8");
        }
    }

    /** Without an early end, so that the compiler takes many bytes at once. */
    private static boolean isAscii(byte[] bytes) {
        int all = 0;
        for (byte b : bytes) {
            all |= b;
        }
        return all >= 0;
    }
}
