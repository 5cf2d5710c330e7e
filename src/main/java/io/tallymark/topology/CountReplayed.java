package io.tallymark.topology;

import io.tallymark.usage.IntakeEntry;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;

/** Counts the records that a replay has read, so that the launcher can show how far it is. Nothing passes. */
public final class CountReplayed extends RichFilterFunction<IntakeEntry> {
    /** Name of the accumulator. */
    public static final String RECORDS = "replayed-records";

    private static final long serialVersionUID = 1L;

    private final LongCounter records = new LongCounter();

    @Override
    public void open(OpenContext context) {
        getRuntimeContext().addAccumulator(RECORDS, records);
    }

    @Override
    public boolean filter(IntakeEntry entry) {
        records.add(1);
        return false;
    }
}
