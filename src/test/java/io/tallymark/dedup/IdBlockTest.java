package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IdBlockTest {
    private static final long HOUR = 492_000;
    private static final String VERSION_ONE =
            "010003000134ffcffffffffffffffff0000000000000001000000000000000900000000000050000000000384ffffffffffffdabcdef01234500001c048d16af37bc00008000000000001dbb9fc0009800000ce31df97ffe20";
    private static final long START = new BillingHour(HOUR).startMillis();
    private static final long SHARD = -1L << (Long.SIZE - IdentityShard.BITS);

    private final long seed = Long.getLong("tallymark.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void whatIsWrittenIsReadAgainAndFound() {
        for (int run = 0; run < 500; run++) {
            Map<Fingerprint, SeenId> ids = ids(1 + random.nextInt(run < 490 ? 20 : 3_000));
            byte[] bytes = write(ids);

            assertThat(read(bytes)).as("seed %d", seed).containsExactlyEntriesOf(ids);
            ids.forEach((id, seen) -> assertThat(IdBlock.find(bytes, HOUR, id))
                    .as("seed %d", seed)
                    .isEqualTo(seen));
        }
    }

    /** Those beside a present one, and those that are only nearly as high, are the ones that a search could take for it. */
    @Test
    void absentIdIsNotFoundHoweverNearItIsToOneThatIsPresent() {
        for (int run = 0; run < 500; run++) {
            Map<Fingerprint, SeenId> ids = ids(1 + random.nextInt(run < 490 ? 20 : 600));
            byte[] bytes = write(ids);
            for (Fingerprint id : ids.keySet()) {
                for (long step : new long[] {1, -1, 1L << random.nextInt(64), random.nextLong()}) {
                    absent(bytes, ids, new Fingerprint(id.high(), id.low() + step));
                    absent(bytes, ids, new Fingerprint(id.high() + step, id.low()));
                    absent(bytes, ids, new Fingerprint(id.high() + step, random.nextLong()));
                }
            }
        }
    }

    private void absent(byte[] bytes, Map<Fingerprint, SeenId> ids, Fingerprint other) {
        if (!ids.containsKey(other)) {
            assertThat(IdBlock.find(bytes, HOUR, other))
                    .as("seed %d, %s", seed, other)
                    .isNull();
        }
    }

    @Test
    void blockOfOneIdKnowsThatIdOnly() {
        Map<Fingerprint, SeenId> one = Map.of(id(5, 7), new SeenId(START, START, 1, Standing.COUNTED, false));
        byte[] bytes = write(one);

        assertThat(read(bytes)).containsExactlyEntriesOf(one);
        assertThat(IdBlock.find(bytes, HOUR, id(5, 7))).isEqualTo(one.get(id(5, 7)));
        for (long near : new long[] {-1, 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(IdBlock.find(bytes, HOUR, id(5, 7 + near))).isNull();
            assertThat(IdBlock.find(bytes, HOUR, new Fingerprint(id(5, 7).high() + near, 7)))
                    .isNull();
        }
    }

    /** Bytes of version 1 as they lie in savepoints: they must be read for ever. */
    @Test
    void versionOneIsReadForEver() {
        assertThat(read(HexFormat.of().parseHex(VERSION_ONE))).containsExactlyEntriesOf(threeIds());
        assertThat(HexFormat.of().formatHex(write(threeIds()))).isEqualTo(VERSION_ONE);
    }

    @Test
    void blockOfANewerVersionIsRefused() {
        byte[] bytes = write(threeIds());
        bytes[0] = 2;

        assertThatThrownBy(() -> new IdBlock(bytes))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("newer Tallymark");
    }

    @Test
    void ordinaryIdCostsLessThan23Bytes() {
        Map<Fingerprint, SeenId> ids = order();
        for (int i = 0; i < 290; i++) {
            long time = START + random.nextInt(3_600_000);
            ids.put(
                    id(random.nextLong(), random.nextLong()),
                    new SeenId(time, time, random.nextLong() >>> 16, Standing.COUNTED, false));
        }

        assertThat(write(ids).length / 290.0).as("seed %d", seed).isLessThan(23);
    }

    private static Map<Fingerprint, SeenId> threeIds() {
        Map<Fingerprint, SeenId> ids = order();
        ids.put(id(5, -1), new SeenId(START + 7, START + 7, 0xABCDEF012345L, Standing.COUNTED, false));
        ids.put(id(900, 1), new SeenId(START + 8, START + 8, 0x012345ABCDEFL, Standing.COUNTED, false));
        ids.put(id(-3, 9), new SeenId(START - 1, START + 3_599_999, 1, Standing.WITHDRAWN, true));
        return ids;
    }

    private static Map<Fingerprint, SeenId> order() {
        return new TreeMap<>((a, b) -> {
            int byHigh = Long.compareUnsigned(a.high(), b.high());
            return byHigh != 0 ? byHigh : Long.compareUnsigned(a.low(), b.low());
        });
    }

    /** A fingerprint of the last shard. */
    private static Fingerprint id(long high, long low) {
        return new Fingerprint(high | SHARD, low);
    }

    private byte[] write(Map<Fingerprint, SeenId> ids) {
        List<Fingerprint> shuffled = new ArrayList<>(ids.keySet());
        Collections.shuffle(shuffled, random);
        RecentIds log = new RecentIds();
        for (Fingerprint id : shuffled) {
            log.put(id, Objects.requireNonNull(ids.get(id)));
        }
        SortedIds sorted = SortedIds.from(0, log);
        assertThat(sorted.hours()).isEqualTo(1);
        return sorted.block(0, sorted.size());
    }

    /** In the order in which they lie in the block. */
    private static Map<Fingerprint, SeenId> read(byte[] bytes) {
        IdBlock block = new IdBlock(bytes);
        long[] highs = block.highs();
        assertThat(highs).hasSize(block.count());
        Map<Fingerprint, SeenId> ids = new LinkedHashMap<>();
        for (int i = 0; i < highs.length; i++) {
            ids.put(new Fingerprint(highs[i], block.low(i)), block.seen(i, HOUR));
        }
        return ids;
    }

    private Map<Fingerprint, SeenId> ids(int count) {
        Map<Fingerprint, SeenId> ids = order();
        boolean near = random.nextInt(4) == 0;
        while (ids.size() < count) {
            long high = near || random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextLong();
            long latest = START + random.nextInt(3_600_000);
            long time = random.nextInt(3) == 0 ? latest - random.nextInt() : latest;
            Standing standing = Standing.ofCode(Math.max(0, random.nextInt(6) - 3));
            ids.put(
                    id(high, 2L * random.nextInt()),
                    new SeenId(time, latest, random.nextLong() >>> 16, standing, random.nextInt(4) == 0));
        }
        return ids;
    }
}
