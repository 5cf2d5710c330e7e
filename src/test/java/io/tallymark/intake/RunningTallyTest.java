package io.tallymark.intake;

import static io.tallymark.usage.Outcome.COUNTED;
import static io.tallymark.usage.Outcome.DEAD_LETTERED;
import static io.tallymark.usage.Outcome.VOID_WAITING;
import static io.tallymark.usage.Outcome.WITHDRAWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.IntakeTally;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunningTallyTest {
    private static final List<IntakeEntry> LINES = List.of(
            Entries.read(7),
            Entries.decided(COUNTED, 7),
            Entries.read(8),
            Entries.decided(VOID_WAITING, 8),
            Entries.revoked(VOID_WAITING, 8),
            Entries.decided(WITHDRAWN, 8),
            Entries.readAs(DEAD_LETTERED, "TOO_LATE", 9),
            Entries.readAs(DEAD_LETTERED, "UNREADABLE", 12));
    private static final IntakeTally SUM = new IntakeTally(
            Entries.KEY,
            7,
            13,
            4,
            Map.of("COUNTED", 1L, "WITHDRAWN", 1L, "DEAD_LETTERED:TOO_LATE", 1L, "DEAD_LETTERED:UNREADABLE", 1L));

    @Test
    void addsLinesUp() {
        assertThat(sum(LINES)).isEqualTo(SUM);
    }

    @Test
    void orderAndBundlingDoNotMatter() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            List<IntakeEntry> shuffled = new ArrayList<>(LINES);
            Collections.shuffle(shuffled, random);
            int cut = random.nextInt(LINES.size() + 1);
            RunningTally whole = new RunningTally(Entries.KEY);
            whole.add(sum(shuffled.subList(cut, LINES.size())));
            whole.add(sum(shuffled.subList(0, cut)));

            assertThat(whole.tally()).as("seed %d", seed).isEqualTo(SUM);
        }
    }

    @Test
    void decisionsAloneHaveNoOffsets() {
        assertThat(sum(List.of(Entries.decided(COUNTED, 7))))
                .isEqualTo(Entries.decided(Entries.KEY, Map.of("COUNTED", 1L)));
    }

    private static IntakeTally sum(List<IntakeEntry> lines) {
        RunningTally tally = new RunningTally(Entries.KEY);
        lines.forEach(tally::add);
        return tally.tally();
    }
}
