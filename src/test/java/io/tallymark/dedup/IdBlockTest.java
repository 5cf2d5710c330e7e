package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class IdBlockTest {
    private static final long HOUR = 492_000;
    private static final String VERSION_ONE =
            "010000000280000000000000000bffffffffffffffff579bde02468a00003fffffffffffffffe000000000000000240000000000076ee7f30000019c63bf2fff";
    private static final long START = new BillingHour(HOUR).startMillis();

    @Test
    void whatIsWrittenIsReadAgainAndFound() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("IdBlockTest seed " + seed);
        Random random = new Random(seed);
        for (int run = 0; run < 500; run++) {
            List<IdBlock.Entry> entries = entries(random, 1 + random.nextInt(run < 490 ? 20 : 3_000));
            byte[] block = IdBlock.write(entries);
            List<IdBlock.Entry> read = new ArrayList<>();
            IdBlock.read(block, HOUR, read);

            assertThat(read).as("seed %d", seed).isEqualTo(entries);
            assertThat(IdBlock.count(block)).isEqualTo(entries.size());
            IdBlock.Entry one = entries.get(random.nextInt(entries.size()));
            assertThat(IdBlock.find(block, HOUR, one.id())).as("seed %d", seed).isEqualTo(one.seen());
            Fingerprint other = new Fingerprint(one.id().high(), one.id().low() + 1);
            assertThat(IdBlock.find(block, HOUR, other)).as("seed %d", seed).isNull();
        }
    }

    /** Bytes of version 1 as they lie in savepoints: they must be read for ever. */
    @Test
    void versionOneIsReadForEver() {
        byte[] block = HexFormat.of().parseHex(VERSION_ONE);
        List<IdBlock.Entry> read = new ArrayList<>();
        IdBlock.read(block, HOUR, read);

        assertThat(read).isEqualTo(twoEntries());
        assertThat(HexFormat.of().formatHex(IdBlock.write(twoEntries()))).isEqualTo(VERSION_ONE);
    }

    @Test
    void blockOfANewerVersionIsRefused() {
        byte[] block = IdBlock.write(twoEntries());
        block[0] = 2;

        assertThatThrownBy(() -> IdBlock.count(block))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("newer Tallymark");
    }

    @Test
    void ordinaryIdCostsAtMost24Bytes() {
        Random random = new Random(1);
        List<IdBlock.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 290; i++) {
            long high = random.nextLong() >>> IdentityShard.BITS;
            long time = START + random.nextInt(3_600_000);
            entries.add(new IdBlock.Entry(
                    new Fingerprint(high, random.nextLong()),
                    new SeenId(time, time, random.nextLong() >>> 16, Standing.COUNTED, false)));
        }

        assertThat(IdBlock.write(entries).length / 290.0).isLessThan(24);
    }

    private static List<IdBlock.Entry> twoEntries() {
        return new ArrayList<>(List.of(
                new IdBlock.Entry(
                        new Fingerprint(5, -1),
                        new SeenId(START + 7, START + 7, 0xABCDEF012345L, Standing.COUNTED, false)),
                new IdBlock.Entry(
                        new Fingerprint(-3, 9),
                        new SeenId(START - 1, START + 3_599_999, 1, Standing.WITHDRAWN, true))));
    }

    private static List<IdBlock.Entry> entries(Random random, int count) {
        List<IdBlock.Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long high = random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextLong();
            long latest = START + random.nextInt(3_600_000);
            long time = random.nextInt(3) == 0 ? latest - random.nextInt() : latest;
            Standing standing = Standing.ofCode(Math.max(0, random.nextInt(6) - 3));
            entries.add(new IdBlock.Entry(
                    new Fingerprint(high, 2L * random.nextInt()),
                    new SeenId(time, latest, random.nextLong() >>> 16, standing, random.nextInt(4) == 0)));
        }
        return new ArrayList<>(entries.stream()
                .collect(Collectors.toMap(IdBlock.Entry::id, entry -> entry, (a, b) -> a))
                .values());
    }
}
