package io.tallymark.embedded.traffic;

import java.time.LocalDate;
import java.util.Iterator;

/** Simulated days for the tests. */
final class SampleTraffic {
    static final LocalDate DAY = LocalDate.of(2026, 1, 15);
    static final int PARTITIONS = 3;

    private SampleTraffic() {}

    static Traffic standard(long seed, long records) {
        return of(TrafficSettings.standard(seed, "usage-events", records, PARTITIONS));
    }

    static Traffic plain(long seed, long records) {
        return of(new TrafficSettings(seed, "usage-events", records, PARTITIONS, 5, TrafficMix.plain()));
    }

    static Truth truth(Iterator<TrafficRecord> traffic) {
        TruthKeeper keeper = new TruthKeeper();
        traffic.forEachRemaining(record -> keeper.stored(record.expectation()));
        return keeper.truth();
    }

    private static Traffic of(TrafficSettings settings) {
        return new Traffic(settings, AppendTime.simulatedDay(DAY, settings.records()));
    }
}
