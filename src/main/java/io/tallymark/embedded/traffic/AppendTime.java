package io.tallymark.embedded.traffic;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.OptionalLong;

/** When Kafka stores the records: event times are drawn around it. */
public interface AppendTime {
    /** Time of the record with that index, ms since the epoch; never goes back. */
    long millisOf(long index);

    /** For an end known in advance: a time so late that every hour of the traffic is closed by it. */
    OptionalLong closingMillis();

    /**
     * A whole UTC day, spread evenly over the records. It is carried by the records, so the topic must keep the producer's time
     * ({@code CreateTime}).
     */
    static AppendTime simulatedDay(LocalDate day, long records) {
        long start = day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        return new SimulatedDay(start, records);
    }

    /** Now. The broker stamps the records itself; all limits are kept at a distance of minutes, so its clock may differ by some. */
    static AppendTime realTime(Clock clock) {
        return new RealTime(clock);
    }

    /** See {@link #simulatedDay}. */
    record SimulatedDay(long startMillis, long records) implements AppendTime {
        private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
        /** Closes the first hour of the next day too: some events are a few minutes ahead. */
        private static final long CLOSING_MILLIS = Duration.ofMinutes(90).toMillis();

        @Override
        public long millisOf(long index) {
            return startMillis + (long) ((double) index / Math.max(1, records) * DAY_MILLIS);
        }

        @Override
        public OptionalLong closingMillis() {
            return OptionalLong.of(startMillis + DAY_MILLIS + CLOSING_MILLIS);
        }
    }

    /** See {@link #realTime}. */
    record RealTime(Clock clock) implements AppendTime {
        @Override
        public long millisOf(long index) {
            return clock.millis();
        }

        @Override
        public OptionalLong closingMillis() {
            return OptionalLong.empty();
        }
    }
}
