package io.tallymark.reconcile;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;

/** The pulse of the sweep: a number for each call that it may make, at parallelism 1. */
public final class SweepTicks {
    private SweepTicks() {}

    /** A source that never ends in practice; the numbers mean nothing. */
    public static Source<Long, ?, ?> source(ReconcileSettings settings) {
        return new DataGeneratorSource<>(
                number -> number,
                Long.MAX_VALUE,
                RateLimiterStrategy.perSecond(settings.sweepCallsPerSecond()),
                Types.LONG);
    }
}
