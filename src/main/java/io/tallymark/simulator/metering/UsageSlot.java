package io.tallymark.simulator.metering;

import java.util.List;
import java.util.stream.Stream;

/** The events of one customer, meter and slot of time, reduced to what the meter's window and formula need. Immutable. */
sealed interface UsageSlot {
    UsageSlot plus(UsageEvent event);

    /** Without a cancelled event. */
    UsageSlot minus(UsageEvent event);

    /** What it says to an aggregation over a range that holds it. */
    UsageBucket bucket();

    /** The slot of a meter before its first event. */
    static UsageSlot empty(SimulatedMeter meter) {
        if (!meter.window().equals(SimulatedMeter.RAW)) {
            return new Latest(List.of());
        }
        return meter.formula().equals(SimulatedMeter.LAST) ? new Queue(List.of()) : new Summed(UsageBucket.EMPTY);
    }

    /** Sum and count of every event: one second of a raw meter. */
    record Summed(UsageBucket bucket) implements UsageSlot {
        @Override
        public UsageSlot plus(UsageEvent event) {
            return new Summed(bucket.plus(UsageBucket.of(event)));
        }

        @Override
        public UsageSlot minus(UsageEvent event) {
            return new Summed(bucket.minus(event.value()));
        }
    }

    /** Only the event received last: an hour or a day of a meter with a window. Cancelling it leaves nothing. */
    record Latest(List<UsageEvent> event) implements UsageSlot {
        @Override
        public UsageSlot plus(UsageEvent newer) {
            return new Latest(List.of(newer));
        }

        @Override
        public UsageSlot minus(UsageEvent cancelled) {
            return new Latest(
                    event.stream().filter(kept -> !kept.equals(cancelled)).toList());
        }

        @Override
        public UsageBucket bucket() {
            return event.stream().map(UsageBucket::of).findFirst().orElse(UsageBucket.EMPTY);
        }
    }

    /** Every event of one second in order of receipt, of which the last counts: a raw meter of formula last. */
    record Queue(List<UsageEvent> events) implements UsageSlot {
        @Override
        public UsageSlot plus(UsageEvent event) {
            return new Queue(Stream.concat(events.stream(), Stream.of(event)).toList());
        }

        @Override
        public UsageSlot minus(UsageEvent cancelled) {
            return new Queue(
                    events.stream().filter(kept -> !kept.equals(cancelled)).toList());
        }

        @Override
        public UsageBucket bucket() {
            return events.stream().map(UsageBucket::of).reduce(UsageBucket.EMPTY, UsageBucket::plus);
        }
    }
}
