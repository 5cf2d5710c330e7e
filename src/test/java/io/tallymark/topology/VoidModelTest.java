package io.tallymark.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.dedup.EventIdentity;
import io.tallymark.topology.VoidModel.Verdict;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.UsageEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of events, repeats, conflicting repeats, voids and restarts through the real operators, against the few lines of
 * {@link VoidModel}. {@code -Dtallymark.voids.sequences=N} runs more; {@code -Dtallymark.seed=S} runs the same again.
 */
class VoidModelTest {
    private static final int SEQUENCES = Integer.getInteger("tallymark.voids.sequences", 2_400);
    /** Sequences that share one pair of operators, each on ids and customers of its own, with restarts and watermarks in common. */
    private static final int TOGETHER = 60;

    private static final int ORDERED_ROUNDS = Math.max(12, SEQUENCES / 200);
    private static final long SEED = Long.getLong("tallymark.seed", System.nanoTime());

    @Test
    void everySequenceEndsAsTheModelSays() throws Exception {
        System.out.println("VoidModelTest seed " + SEED);
        Tally seen = new Tally();
        for (int round = 0; round * TOGETHER < SEQUENCES; round++) {
            Random random = new Random(SEED + round);
            try (VoidPath path = new VoidPath()) {
                List<UsageEvent> records = new VoidTraffic(random, true).records(TOGETHER);
                List<UsageEvent> processed = play(records, path, random, VoidModelTest::inOrderOfEachIdentity);
                String where = "seed " + SEED + ", round " + round;
                check(processed, path, where);
                seen.add(VoidModel.of(processed));
            }
        }
        System.out.println("VoidModelTest " + SEQUENCES + " sequences: " + seen);
        assertThat(seen.outcomes)
                .containsOnlyKeys(VoidModel.ALL)
                .allSatisfy((outcome, n) -> assertThat(n).isGreaterThan(SEQUENCES / 20));
    }

    @Test
    void withoutConflictsEveryOrderEndsTheSame() throws Exception {
        System.out.println("VoidModelTest seed " + SEED);
        for (int round = 0; round < ORDERED_ROUNDS; round++) {
            Random random = new Random(~SEED + round);
            List<UsageEvent> records = new VoidTraffic(random, false).records(10);
            Set<Map<?, ?>> ends = new HashSet<>();
            for (int order = 0; order < 6; order++) {
                Collections.shuffle(records, random);
                try (VoidPath path = new VoidPath()) {
                    List<UsageEvent> processed = play(records, path, random, (before, shuffled) -> shuffled);
                    check(processed, path, "seed " + SEED + ", round " + round + ", order " + order);
                    ends.add(Map.of("rows", path.rows(), "outcomes", outcomeSums(path)));
                }
            }
            assertThat(ends).as("seed %d, round %d", SEED, round).hasSize(1);
        }
    }

    /**
     * Feeds the records with restarts, crashes that fall back to an older snapshot, closing hours and early results between them.
     *
     * @param reorder the order in which a crashed run reads again, given the old one and a shuffled one
     * @return the records in the order in which they took effect
     */
    private static List<UsageEvent> play(
            List<UsageEvent> records, VoidPath path, Random random, BinaryOperator<List<UsageEvent>> reorder)
            throws Exception {
        List<UsageEvent> toCome = new ArrayList<>(records);
        List<UsageEvent> processed = new ArrayList<>();
        int inSnapshot = 0;
        long hours = 0;
        while (!toCome.isEmpty()) {
            UsageEvent next = toCome.remove(0);
            path.process(next);
            processed.add(next);
            int step = random.nextInt(records.size());
            if (step == 0) {
                path.restart();
                inSnapshot = processed.size();
            } else if (step == 1) {
                path.snapshot();
                inSnapshot = processed.size();
            } else if (step == 2 && path.crash()) {
                List<UsageEvent> again = new ArrayList<>(processed.subList(inSnapshot, processed.size()));
                processed.subList(inSnapshot, processed.size()).clear();
                List<UsageEvent> shuffled = new ArrayList<>(again);
                Collections.shuffle(shuffled, random);
                toCome.addAll(0, reorder.apply(again, shuffled));
            } else if (step < 6) {
                path.watermark(VoidTraffic.START_MILLIS + ++hours * 3_600_000L);
            } else if (step < 12) {
                path.passTime();
            }
        }
        path.finish();
        return processed;
    }

    /**
     * Shuffled, but conflicting records of one identity stay in order: were another one to win after a crash, the row that the first one
     * made would stay in the table.
     */
    private static List<UsageEvent> inOrderOfEachIdentity(List<UsageEvent> before, List<UsageEvent> shuffled) {
        EventIdentity identity = new EventIdentity();
        Map<String, Deque<UsageEvent>> inOrder = new HashMap<>();
        before.forEach(record -> inOrder.computeIfAbsent(identity.getKey(record), none -> new ArrayDeque<>())
                .add(record));
        return shuffled.stream()
                .map(record -> inOrder.getOrDefault(identity.getKey(record), new ArrayDeque<>())
                        .remove())
                .toList();
    }

    private static void check(List<UsageEvent> processed, VoidPath path, String where) throws Exception {
        Map<UsageEvent, Verdict> model = VoidModel.of(processed);
        Map<Object, Outcome> expected = new HashMap<>();
        model.forEach((record, verdict) -> expected.put(record.origin(), verdict.outcome()));

        assertThat(path.outcomes()).as(where).isEqualTo(expected);
        assertThat(path.rows()).as(where).isEqualTo(VoidModel.rows(model));
        assertThat(path.refused())
                .as(where)
                .containsExactlyInAnyOrderElementsOf(model.entrySet().stream()
                        .filter(entry -> entry.getValue().outcome() == Outcome.DEAD_LETTERED)
                        .map(entry -> entry.getKey().origin())
                        .toList());
        assertThat(path.leftovers()).as(where).isZero();
    }

    private static Map<Outcome, Integer> outcomeSums(VoidPath path) {
        Map<Outcome, Integer> sums = new HashMap<>();
        path.outcomes().values().forEach(outcome -> sums.merge(outcome, 1, Integer::sum));
        return sums;
    }

    /** How often each outcome arose, so that a sequence which tests nothing is noticed. */
    private static final class Tally {
        private final Map<Outcome, Integer> outcomes = new HashMap<>();

        void add(Map<UsageEvent, Verdict> model) {
            model.values().forEach(verdict -> outcomes.merge(verdict.outcome(), 1, Integer::sum));
        }

        @Override
        public String toString() {
            return outcomes.toString();
        }
    }
}
