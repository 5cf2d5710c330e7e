package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardIdsTest {
    private static final long FIRST_HOUR = 492_000;
    private static final int HOURS_KEPT = 30;
    /** Times are of a few hours before now, so that hours are written out of order. */
    private static final int SPREAD_MILLIS = (int) (5 * BillingHour.MILLIS);

    private final MemoryBlocks store = new MemoryBlocks();

    /** Whatever happens, a shard knows what a plain map knows; half of the fingerprints share few tags. */
    @Test
    void knowsWhatAMapKnows() throws Exception {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("ShardIdsTest seed " + seed);
        for (int run = 0; run < 12; run++) {
            new Play(new Random(seed + run), "seed " + seed + ", run " + run).play();
        }
    }

    @Test
    void newIdIsNeitherReadNorRewritesTheOldOnes() throws Exception {
        Random random = new Random(1);
        ShardIds ids = new ShardIds(store, ShardIds.FEWEST_RECENT);
        for (int i = 0; i < 50_000; i++) {
            Fingerprint id = new Fingerprint(random.nextLong() >>> IdentityShard.BITS, random.nextLong());
            assertThat(ids.find(id)).isNull();
            ids.put(id, counted(FIRST_HOUR * BillingHour.MILLIS + i, i));
            if (i % 100 == 0) {
                ids.write();
            }
        }
        ids.write();
        long before = store.writtenBytes();
        ids.put(new Fingerprint(1, 1), counted(FIRST_HOUR * BillingHour.MILLIS, 1));
        ids.write();

        assertThat(store.reads()).isLessThan(10);
        assertThat((double) before / store.bytes()).as("write amplification").isLessThan(5);
        assertThat(store.writtenBytes() - before).isLessThan(8 * 8 * 8 * 25);
    }

    @Test
    void manyRestartsLeaveFewBlocks() throws Exception {
        ShardIds ids = new ShardIds(store, ShardIds.FEWEST_RECENT);
        Fingerprint changed = new Fingerprint(1, 7);
        long now = FIRST_HOUR * BillingHour.MILLIS;
        ids.put(changed, counted(now, 1));
        for (int restarts = 0; restarts < 500; restarts++) {
            ids.put(new Fingerprint(1, 1_000 + restarts), counted(now, 2));
            if (restarts == 5) {
                // The newest version lies in the next hour, in a block that is older than the merged one.
                ids.put(changed, counted(now, 1).rememberedFor(now + BillingHour.MILLIS));
            }
            ids.write();
            ids = new ShardIds(store, ShardIds.FEWEST_RECENT);
            ids.restore(store.stored());
        }

        assertThat(store.count()).isLessThan(40);
        assertThat(ids.find(changed)).isEqualTo(counted(now, 1).rememberedFor(now + BillingHour.MILLIS));
        for (int i = 0; i < 500; i++) {
            assertThat(ids.find(new Fingerprint(1, 1_000 + i))).isEqualTo(counted(now, 2));
        }
    }

    @Test
    void restartDividesLargeBlocksSoThatARepeatReadsLittle() throws Exception {
        Random random = new Random(2);
        List<Fingerprint> known = new ArrayList<>();
        ShardIds ids = new ShardIds(store, ShardIds.FEWEST_RECENT);
        for (int i = 0; i < 2_000; i++) {
            known.add(new Fingerprint(random.nextLong() >>> IdentityShard.BITS, random.nextLong()));
            ids.put(known.get(i), counted(FIRST_HOUR * BillingHour.MILLIS + i, i));
        }
        ids.write();
        assertThat(store.largestBytes()).isGreaterThan(40_000);
        for (int restarts = 0; restarts < 2; restarts++) {
            ids = new ShardIds(store, ShardIds.FEWEST_RECENT);
            ids.restore(store.stored());
        }

        assertThat(store.largestBytes()).isLessThan(6_500);
        assertThat(store.count()).isEqualTo(8);
        for (int i = 0; i < known.size(); i++) {
            assertThat(ids.find(known.get(i))).isEqualTo(counted(FIRST_HOUR * BillingHour.MILLIS + i, i));
        }
    }

    @Test
    void restartMergesAnyNumberOfSmallBlocks() throws Exception {
        Random random = new Random(3);
        List<Fingerprint> known = new ArrayList<>();
        ShardIds ids = new ShardIds(store, ShardIds.FEWEST_RECENT);
        for (int i = 0; i <= RecentIds.MOST; i++) {
            known.add(new Fingerprint(random.nextLong() >>> IdentityShard.BITS, random.nextLong()));
            ids.put(known.get(i), counted(FIRST_HOUR * BillingHour.MILLIS + i, i));
            if (i % 100 == 0) {
                ids.write();
                ids.makeOld();
            }
        }
        ids.write();
        int before = store.count();
        ids = new ShardIds(store, ShardIds.FEWEST_RECENT);
        ids.restore(store.stored());

        assertThat(store.count()).isLessThan(before / 2);
        for (int i = 0; i < known.size(); i++) {
            assertThat(ids.find(known.get(i))).isEqualTo(counted(FIRST_HOUR * BillingHour.MILLIS + i, i));
        }
    }

    private static SeenId counted(long timeMillis, long check) {
        return new SeenId(timeMillis, timeMillis, check, Standing.COUNTED, false);
    }

    /** Random steps on a shard and on a map. */
    private static final class Play {
        private final Random random;
        private final String where;
        private final MemoryBlocks store = new MemoryBlocks();
        private final Map<Fingerprint, SeenId> model = new HashMap<>();
        private final List<Fingerprint> pool = new ArrayList<>();
        private final int fewestRecent;
        /** Of which all fingerprints are. */
        private final long shard;

        private ShardIds ids;
        private long hour = FIRST_HOUR;

        Play(Random random, String where) {
            this.random = random;
            this.where = where;
            fewestRecent = 1 << random.nextInt(8);
            shard = (long) random.nextInt(IdentityShard.COUNT) << (Long.SIZE - IdentityShard.BITS);
            ids = new ShardIds(store, fewestRecent);
        }

        void play() throws Exception {
            for (int step = 0; step < 4_000; step++) {
                switch (random.nextInt(200)) {
                    case 0, 1, 2, 3 -> write();
                    case 4 -> restart();
                    case 5, 6 -> advance();
                    default -> put();
                }
                check(random.nextInt(3) == 0 ? fingerprint() : known());
            }
            for (Fingerprint id : pool) {
                check(id);
            }
            hour += 2 * HOURS_KEPT;
            drop();
            assertThat(store.count()).as(where).isZero();
            assertThat(ids.isEmpty()).as(where).isTrue();
        }

        private void put() throws Exception {
            Fingerprint id = random.nextInt(3) == 0 ? known() : fingerprint();
            pool.add(id);
            SeenId before = model.get(id);
            long time = hour * BillingHour.MILLIS - random.nextInt(SPREAD_MILLIS);
            SeenId next = before == null || random.nextBoolean()
                    ? counted(time, random.nextLong() >>> 16)
                            .rememberedFor(before == null ? time : before.latestTimeMillis())
                    : before.withdrawn().withIdleVoids(random.nextBoolean()).rememberedFor(time);
            model.put(id, next);
            ids.put(id, next);
        }

        private void write() throws Exception {
            ids.write();
            if (ids.isFull()) {
                ids.makeOld();
            }
        }

        private void restart() throws Exception {
            ids.write();
            ids = new ShardIds(store, fewestRecent);
            ids.restore(store.stored());
        }

        private void advance() throws Exception {
            hour += random.nextInt(3);
            drop();
        }

        private void drop() throws Exception {
            long firstKept = hour - HOURS_KEPT;
            model.values()
                    .removeIf(seen ->
                            BillingHour.containing(seen.latestTimeMillis()).epochHour() < firstKept);
            ids.drop(each -> each < firstKept);
        }

        private void check(Fingerprint id) throws Exception {
            assertThat(ids.find(id)).as(where).isEqualTo(model.get(id));
        }

        private Fingerprint known() {
            return pool.isEmpty() ? fingerprint() : pool.get(random.nextInt(pool.size()));
        }

        private Fingerprint fingerprint() {
            long high = random.nextBoolean() ? random.nextLong() : random.nextInt(4) - 2L;
            long low = high >= -2 && high < 2 ? random.nextInt(300) : random.nextLong();
            return new Fingerprint(shard | (high & (-1L >>> IdentityShard.BITS)), low);
        }
    }
}
