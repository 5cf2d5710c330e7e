package io.tallymark.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(128);

    @Test
    void isFrozenForDigestsInTheTableDependOnIt() {
        assertThat(Fingerprint.of("gateway", "e-1")).hasToString("80824cfcc2e3f4d86b34152eecb2c81e");
    }

    @Test
    void noTwoIdentitiesMeet() {
        assertThat(Fingerprint.of("ab", "c")).isNotEqualTo(Fingerprint.of("a", "bc"));
    }

    @Test
    void isTheHashOfSourceAndIdInUtf8WithTheSourcesLengthBefore() throws NoSuchAlgorithmException {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("FingerprintTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            String source = text(random);
            String id = text(random);
            byte[] sourceBytes = source.getBytes(StandardCharsets.UTF_8);
            byte[] idBytes = id.getBytes(StandardCharsets.UTF_8);
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(ByteBuffer.allocate(Integer.BYTES + sourceBytes.length + idBytes.length)
                            .putInt(sourceBytes.length)
                            .put(sourceBytes)
                            .put(idBytes)
                            .array());

            assertThat(Fingerprint.of(source, id).toBytes()).as("seed %d", seed).isEqualTo(Arrays.copyOf(hash, 16));
        }
    }

    /** Mostly plain, sometimes long, sometimes of any chars: half surrogate pairs too. */
    private static String text(Random random) {
        int highest = random.nextInt(3) == 0 ? 0x10000 : 0x80;
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(random.nextInt(10) == 0 ? 2_000 : 40); i > 0; i--) {
            text.append((char) random.nextInt(random.nextInt(10) == 0 ? highest : 0x80));
        }
        return text.toString();
    }

    @Test
    void addsModuloTwoToThe128() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("FingerprintTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            Fingerprint a = new Fingerprint(random.nextLong(), random.nextLong());
            Fingerprint b = new Fingerprint(random.nextLong(), random.nextLong());
            assertThat(number(a.plus(b)))
                    .as("seed %d", seed)
                    .isEqualTo(number(a).add(number(b)).mod(MODULUS));
        }
    }

    private static BigInteger number(Fingerprint fingerprint) {
        return new BigInteger(1, fingerprint.toBytes());
    }

    @Test
    void minusUndoesPlusAcrossEveryBorrow() {
        List<Long> halves = List.of(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 42L);
        for (long high : halves) {
            for (long low : halves) {
                for (long otherLow : halves) {
                    Fingerprint sum = new Fingerprint(high, low);
                    Fingerprint other = new Fingerprint(7, otherLow);
                    assertThat(sum.plus(other).minus(other)).isEqualTo(sum);
                    assertThat(sum.minus(other).plus(other)).isEqualTo(sum);
                }
            }
        }
        assertThat(Fingerprint.ZERO.minus(new Fingerprint(0, 1))).isEqualTo(new Fingerprint(-1, -1));
    }
}
