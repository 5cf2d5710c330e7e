package io.tallymark.bench;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Medians over the rounds.
 *
 * @param load what was read
 * @param runs each contender's runs
 */
record Summary(Workload load, Map<Contender, List<RunFigures>> runs) {
    private static final double MILLION = 1e6;
    private static final double MILLIS = 1e3;

    static long eventsPerSecond(Workload load, RunFigures run) {
        return Math.round(load.records() * MILLIS / Math.max(1, run.millis()));
    }

    static double cpuSecondsPerMillion(Workload load, RunFigures run) {
        return run.cpuMillis() / MILLIS / (load.records() / MILLION);
    }

    int rounds() {
        return runs.values().stream().mapToInt(List::size).max().orElse(0);
    }

    boolean has(Contender contender) {
        return runs.containsKey(contender);
    }

    long eventsPerSecond(Contender contender) {
        return Math.round(median(contender, run -> eventsPerSecond(load, run)));
    }

    long slowest(Contender contender) {
        return of(contender).stream()
                .mapToLong(run -> eventsPerSecond(load, run))
                .min()
                .orElseThrow();
    }

    long fastest(Contender contender) {
        return of(contender).stream()
                .mapToLong(run -> eventsPerSecond(load, run))
                .max()
                .orElseThrow();
    }

    double cpuSecondsPerMillion(Contender contender) {
        return median(contender, run -> cpuSecondsPerMillion(load, run));
    }

    /** How many times as fast the one is as the other, by medians; empty when one of them did not run. */
    OptionalDouble ratio(Contender one, Contender other) {
        return has(one) && has(other)
                ? OptionalDouble.of((double) eventsPerSecond(one) / eventsPerSecond(other))
                : OptionalDouble.empty();
    }

    /** The largest of all rounds, in MiB; empty where the system does not say. */
    OptionalLong peakMebibytes(Contender contender) {
        return of(contender).stream()
                .mapToLong(RunFigures::peakMebibytes)
                .filter(peak -> peak != RunFigures.UNKNOWN)
                .max();
    }

    /** Empty for contenders without state. */
    OptionalDouble checkpointBytesPerId(Contender contender) {
        return has(contender) && contender.writesTable()
                ? OptionalDouble.of(
                        median(contender, run -> (double) run.state().checkpointBytes() / load.ids()))
                : OptionalDouble.empty();
    }

    /** Bytes that all checkpoints of a run uploaded, for each id that is retained at its end. */
    double uploadedBytesPerId(Contender contender) {
        return median(contender, run -> (double) run.state().uploadedBytes() / load.ids());
    }

    /** From the start on a checkpoint until all tasks process records, in seconds. */
    double restartSeconds(Contender contender) {
        return median(contender, run -> run.state().restartMillis() / MILLIS);
    }

    /** How fast each tenth of the records was fetched, in events/s: how the rate goes with the ids that are retained. */
    List<Long> eventsPerSecondByTenth(Contender contender) {
        return IntStream.range(0, RunClock.PARTS)
                .mapToObj(part -> Math.round(median(contender, run -> rate(run, part))))
                .toList();
    }

    private double rate(RunFigures run, int part) {
        return load.records()
                / (double) RunClock.PARTS
                * MILLIS
                / Math.max(1, run.tenthsMillis().get(part));
    }

    /** How long after the last close the table held the truth, in seconds. */
    double settlingSeconds(Contender contender) {
        return median(contender, run -> (run.settledMillis() - run.millis()) / MILLIS);
    }

    private double median(Contender contender, ToDoubleFunction<RunFigures> figure) {
        double[] sorted = of(contender).stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private List<RunFigures> of(Contender contender) {
        return runs.getOrDefault(contender, List.of());
    }
}
