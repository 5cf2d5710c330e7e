package io.tallymark.report;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;

/** The pulse of the reporting pipeline: a number each {@link ReportSettings#tick()}, at parallelism 1. */
public final class ReportTicks {
    private static final double MILLIS_PER_SECOND = 1_000;

    private ReportTicks() {}

    /** A source that never ends in practice; the numbers mean nothing. */
    public static Source<Long, ?, ?> source(ReportSettings settings) {
        return new DataGeneratorSource<>(
                number -> number,
                Long.MAX_VALUE,
                RateLimiterStrategy.perSecond(
                        MILLIS_PER_SECOND / settings.tick().toMillis()),
                Types.LONG);
    }
}
