package io.tallymark.intake;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.Origin;
import io.tallymark.usage.Outcome;
import java.time.Instant;
import java.util.Map;

/** Lines and sums for the tests of this stage. */
final class Entries {
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    static final long HOUR = BillingHour.containing(NOON).epochHour();
    static final IntakeKey KEY = key(0, 0);

    private Entries() {}

    static IntakeKey key(int partition, int hoursAfterNoon) {
        return new IntakeKey("usage-events", partition, HOUR + hoursAfterNoon);
    }

    static IntakeEntry read(long offset) {
        return IntakeEntry.read(origin(offset), NOON.toEpochMilli());
    }

    static IntakeEntry readAs(Outcome outcome, String detail, long offset) {
        return IntakeEntry.readAs(outcome, detail, origin(offset), NOON.toEpochMilli());
    }

    static IntakeEntry decided(Outcome outcome, long offset) {
        return IntakeEntry.decided(outcome, "", origin(offset), NOON.toEpochMilli());
    }

    static IntakeEntry revoked(Outcome outcome, long offset) {
        return IntakeEntry.revoked(outcome, origin(offset), NOON.toEpochMilli());
    }

    /** Records of these offsets, all counted. */
    static IntakeTally counted(IntakeKey key, long first, long next) {
        return new IntakeTally(key, first, next, next - first, Map.of(Outcome.COUNTED.name(), next - first));
    }

    static IntakeTally decided(IntakeKey key, Map<String, Long> outcomes) {
        return new IntakeTally(key, IntakeTally.NO_OFFSET, 0, 0, outcomes);
    }

    private static Origin origin(long offset) {
        return new Origin("usage-events", 0, offset);
    }
}
