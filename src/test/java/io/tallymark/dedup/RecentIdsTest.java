package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentIdsTest {
    private static final long START = 492_000 * BillingHour.MILLIS;
    private static final long TEN_YEARS = 10 * 365L * 24 * BillingHour.MILLIS;

    private final long seed = Long.getLong("tallymark.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** Times up to ten years apart, which the log has no room for, and ids that share nearly all bits. */
    @Test
    void knowsTheNewestVersionOfEachIdAndKeepsTheWrittenOnes() {
        for (int run = 0; run < 100; run++) {
            long shard = (long) random.nextInt(IdentityShard.COUNT) << (Long.SIZE - IdentityShard.BITS);
            RecentIds log = new RecentIds(random.nextInt(200));
            Map<Fingerprint, SeenId> newest = new HashMap<>();
            List<SeenId> written = new ArrayList<>();
            for (int step = 0; step < 1_500; step++) {
                Fingerprint id = new Fingerprint(shard | random.nextInt(3), random.nextInt(300) * 0x1_0001_0001L);
                SeenId seen = seen();
                log.put(id, seen);
                newest.put(id, seen);
                if (random.nextInt(100) == 0) {
                    for (int place = written.size(); place < log.size(); place++) {
                        written.add(log.seen(place));
                    }
                    log.markWritten();
                }
            }
            assertKnows(log, newest);
            for (int place = 0; place < written.size(); place++) {
                assertThat(log.seen(place)).as("seed %d", seed).isEqualTo(written.get(place));
            }
        }
    }

    @Test
    void idOfAnotherShardIsRefused() {
        RecentIds log = new RecentIds();
        log.put(new Fingerprint(1, 1), seen());

        assertThatThrownBy(() -> log.put(new Fingerprint(-1, 1), seen()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not of shard 0");
    }

    @Test
    void idBeyondTheLastPlaceIsRefused() {
        RecentIds log = new RecentIds();
        for (int i = 0; i < RecentIds.MOST; i++) {
            log.put(new Fingerprint(1, i), seen());
        }
        assertThat(log.find(1, RecentIds.MOST - 1)).isEqualTo(RecentIds.MOST - 1);

        assertThatThrownBy(() -> log.put(new Fingerprint(2, 2), seen()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("65535");
    }

    private void assertKnows(RecentIds log, Map<Fingerprint, SeenId> newest) {
        int newestPlaces = 0;
        for (int place = 0; place < log.size(); place++) {
            newestPlaces += log.isNewest(place) ? 1 : 0;
            assertThat(log.epochHour(place))
                    .isEqualTo(BillingHour.containing(log.seen(place).latestTimeMillis())
                            .epochHour());
        }
        assertThat(newestPlaces).as("seed %d", seed).isEqualTo(newest.size());
        newest.forEach((id, seen) -> {
            int place = log.find(id.high(), id.low());
            assertThat(log.high(place)).isEqualTo(id.high());
            assertThat(log.low(place)).isEqualTo(id.low());
            assertThat(log.check(place)).isEqualTo(seen.check());
            assertThat(log.seen(place)).as("seed %d", seed).isEqualTo(seen);
            assertThat(log.find(id.high() ^ 4, id.low())).isEqualTo(-1);
            assertThat(log.find(id.high(), id.low() + 1)).isEqualTo(-1);
        });
    }

    private SeenId seen() {
        long time = START
                + random.nextInt(3_600_000)
                + (random.nextInt(4) - 1) / 2 * (long) (TEN_YEARS * random.nextDouble());
        long latest = random.nextInt(3) == 0 ? time + random.nextInt(3_600_000) : time;
        Standing standing = Standing.ofCode(Math.max(0, random.nextInt(6) - 3));
        return new SeenId(time, latest, random.nextLong() >>> 16, standing, random.nextInt(4) == 0);
    }
}
