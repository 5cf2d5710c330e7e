package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BitsTest {
    @Test
    void numbersOfAnyWidthAreReadWhereTheyWereWritten() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int run = 0; run < 2_000; run++) {
            List<Integer> widths = new ArrayList<>();
            long total = 0;
            for (int i = random.nextInt(20); i >= 0; i--) {
                widths.add(random.nextInt(3) == 0 ? Long.SIZE : random.nextInt(Long.SIZE + 1));
                total += widths.get(widths.size() - 1);
            }
            long[] values = random.longs(widths.size()).toArray();
            int zeros = random.nextInt(200);
            BitWriter out = new BitWriter(total + zeros + 1);
            for (int i = 0; i < values.length; i++) {
                out.write(values[i], widths.get(i));
            }
            out.writeUnary(zeros);
            byte[] bytes = out.toBytes();
            long position = 0;
            for (int i = 0; i < values.length; i++) {
                int width = widths.get(i);
                long expected = width == 0 ? 0 : values[i] & (-1L >>> (Long.SIZE - width));
                assertThat(Bits.read(bytes, position, width))
                        .as("seed %d", seed)
                        .isEqualTo(expected);
                position += width;
            }
            for (int i = 0; i <= zeros; i++) {
                assertThat(Bits.read(bytes, position + i, 1))
                        .as("seed %d", seed)
                        .isEqualTo(i < zeros ? 0 : 1);
            }
            assertThat(Bits.read(bytes, position + zeros, Long.SIZE))
                    .as("seed %d: zeros after the end", seed)
                    .isEqualTo(Long.MIN_VALUE);
        }
    }
}
