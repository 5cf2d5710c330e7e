package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is done eight bytes at a time is what one at a time does, wherever the bytes stand. */
class ByteWordsTest {
    private static final int ROUNDS = 200_000;
    private static final int LONGEST = 40;
    private static final byte[] EDGES = {
        0, 1, 31, 32, 33, '"' - 1, '"', '"' + 1, '\\' - 1, '\\', '\\' + 1, 127, -128, -1
    };

    private final long seed = Long.getLong("tallymark.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void nothingIsPassedOverBeforeTheEndOfPlainText() {
        int met = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = bytes();
            int from = random.nextInt(bytes.length + 1);
            int first = firstUnusual(bytes, from);
            int end = ByteWords.endOfPlain(bytes, from);
            // Behind the last whole word it stops without a reason.
            boolean stopsForNothing = end != first && end + Long.BYTES <= bytes.length;
            assertThat(end).as("seed %d, round %d", seed, i).isBetween(from, first);
            assertThat(stopsForNothing).as("seed %d, round %d", seed, i).isFalse();
            met += end == first && first < bytes.length ? 1 : 0;
        }
        assertThat(met).isGreaterThan(ROUNDS / 10);
    }

    @Test
    void equalBytesAreEqualAndHaveOneHashWhereverTheyStand() {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] text = bytes();
            byte[] record = new byte[text.length + random.nextInt(20)];
            random.nextBytes(record);
            int from = random.nextInt(record.length - text.length + 1);
            System.arraycopy(text, 0, record, from, text.length);
            int to = from + text.length;
            assertThat(isEqual(text, record, from, to))
                    .as("seed %d, round %d", seed, i)
                    .isTrue();
            assertThat(ByteWords.hash(record, from, to))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(ByteWords.hash(text, 0, text.length));
        }
    }

    @Test
    void oneOtherByteOrOneMoreOrFewerIsNotEqual() {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] text = bytes();
            byte[] other = Arrays.copyOf(text, text.length + random.nextInt(3) - 1);
            if (other.length == text.length) {
                other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            }
            assertThat(isEqual(text, other, 0, other.length))
                    .as("seed %d, round %d", seed, i)
                    .isFalse();
        }
    }

    private static boolean isEqual(byte[] text, byte[] record, int from, int to) {
        return ByteWords.equal(ByteWords.words(text, 0, text.length), text.length, record, from, to);
    }

    private static int firstUnusual(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] < ' ' || bytes[i] == '"' || bytes[i] == '\\') {
                return i;
            }
        }
        return bytes.length;
    }

    /** Mostly plain text, with the bytes around every limit in it. */
    private byte[] bytes() {
        byte[] bytes = new byte[1 + random.nextInt(LONGEST)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = random.nextInt(12) == 0
                    ? EDGES[random.nextInt(EDGES.length)]
                    : (byte) (' ' + random.nextInt('\\' - ' '));
        }
        return bytes;
    }
}
