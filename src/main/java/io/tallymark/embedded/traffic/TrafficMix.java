package io.tallymark.embedded.traffic;

/**
 * How much of the traffic is unusual, in records per thousand; the rest is plain events in time.
 *
 * @param hotCustomer events of the first customer
 * @param repeated events sent a second time
 * @param voided events of which voids are sent: before or after them, some twice, some that do not match, some whose event never comes
 * @param conflicting events of which a repeat with another quantity or time is sent
 * @param late events minutes to hours late, but accepted
 * @param tooLate events older than any acceptance
 * @param future events from further ahead than any acceptance
 * @param malformed records with one {@link Defect}
 * @param ignored events of a type that no meter counts
 */
public record TrafficMix(
        int hotCustomer,
        int repeated,
        int voided,
        int conflicting,
        int late,
        int tooLate,
        int future,
        int malformed,
        int ignored) {
    static final int WHOLE = 1000;

    public TrafficMix {
        if (late + tooLate + future + malformed + ignored > WHOLE || voided + conflicting > WHOLE) {
            throw new IllegalArgumentException("the shares add up to more than " + WHOLE + " per thousand");
        }
    }

    public static TrafficMix standard() {
        return new TrafficMix(400, 30, 3, 1, 20, 3, 3, 10, 10);
    }

    /** Well-formed events only, but many repeats, conflicts and voids among them. */
    public static TrafficMix eventful() {
        return new TrafficMix(300, 60, 40, 20, 40, 0, 0, 0, 10);
    }

    /** Plain events only, each once. */
    public static TrafficMix plain() {
        return new TrafficMix(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Kind of the record that a draw from 0 to 999 stands for. */
    RecordKind kind(int draw) {
        int rest = draw;
        if ((rest -= late) < 0) {
            return RecordKind.LATE;
        }
        if ((rest -= tooLate) < 0) {
            return RecordKind.TOO_LATE;
        }
        if ((rest -= future) < 0) {
            return RecordKind.FUTURE;
        }
        if ((rest -= malformed) < 0) {
            return RecordKind.MALFORMED;
        }
        return rest < ignored ? RecordKind.IGNORED : RecordKind.IN_TIME;
    }
}
