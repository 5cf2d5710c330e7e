package io.tallymark.bench;

/**
 * What became of a run's state; {@link RunFigures#UNKNOWN} where there is none.
 *
 * @param checkpointBytes of the first checkpoint after the end, with what it shares with earlier ones
 * @param uploadedBytes by all checkpoints of the run together
 * @param restartMillis from the start of a job on that checkpoint until all of its tasks process records
 */
record StateFigures(long checkpointBytes, long uploadedBytes, long restartMillis) {
    static final StateFigures NONE = new StateFigures(RunFigures.UNKNOWN, RunFigures.UNKNOWN, RunFigures.UNKNOWN);

    StateFigures restartedIn(long millis) {
        return new StateFigures(checkpointBytes, uploadedBytes, millis);
    }
}
