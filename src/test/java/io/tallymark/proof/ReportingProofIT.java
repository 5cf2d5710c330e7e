package io.tallymark.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What Stripe was told equals the table, and the table equals the events: for every customer, meter and hour, in every mode, after days of
 * faults, crashes, late usage, voids and restores. {@code -Dproof.seed=S} plays a seed again: the same usage and the
 * same disturbances, though threads may meet otherwise. {@code -Dproof.seeds=N} plays so many.
 */
class ReportingProofIT {
    private static final long FIRST_SEED = 20_261_126;

    @Test
    void stripeHoldsTheTableAndTheTableHoldsTheEvents() throws Exception {
        List<ProofTally> tallies = new ArrayList<>();
        try (ProofStack stack = ProofStack.start()) {
            for (long seed : seeds()) {
                tallies.add(play(stack, seed));
            }
        }
        System.out.printf(
                "reporting proof: seeds=%d hours=%d events=%d reports=%d calls=%d faults=%d all equal%n",
                tallies.size(),
                sum(tallies, ProofTally::hours),
                sum(tallies, ProofTally::events),
                sum(tallies, ProofTally::reportCount),
                sum(tallies, ProofTally::calls),
                sum(tallies, ProofTally::faultCount));
    }

    private static ProofTally play(ProofStack stack, long seed) throws Exception {
        System.out.println("reporting proof: seed " + seed + " (again with -Dproof.seed=" + seed + ")");
        long startNanos = System.nanoTime();
        try (ReportingRun run = new ReportingRun(stack, seed)) {
            ProofTally tally = run.play();
            System.out.printf(
                    "reporting proof: seed %d equal in %d s: %s%n",
                    seed, (System.nanoTime() - startNanos) / 1_000_000_000, tally);
            return tally;
        }
    }

    private static long[] seeds() {
        long first = Long.getLong("proof.seed", FIRST_SEED);
        return LongStream.range(first, first + Integer.getInteger("proof.seeds", 1))
                .toArray();
    }

    private static long sum(List<ProofTally> tallies, ToLongFunction<ProofTally> field) {
        return tallies.stream().mapToLong(field).sum();
    }
}
