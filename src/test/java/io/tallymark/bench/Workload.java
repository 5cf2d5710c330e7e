package io.tallymark.bench;

import io.tallymark.usage.UserError;
import java.time.Duration;

/**
 * What is produced. Equal workloads produce the same records, byte by byte.
 *
 * @param records in all, repeats included
 * @param duplicatesPerTenThousand how many of ten thousand records repeat an earlier one
 * @param customers how many there are
 * @param hotPerTenThousand how many of ten thousand events are of the first customer, besides its even share
 * @param latePerTenThousand how many of ten thousand events come late
 * @param lateness most that an event comes late
 * @param span simulated time within which the records are stored
 * @param maxLateness how long an id has to be known
 * @param keyedBy what decides on an event's partition
 * @param partitions of the topic
 * @param seed start of all random choices
 * @param startMillis simulated time of the first record, start of an hour, ms since the epoch
 */
record Workload(
        long records,
        int duplicatesPerTenThousand,
        int customers,
        int hotPerTenThousand,
        int latePerTenThousand,
        Duration lateness,
        Duration span,
        Duration maxLateness,
        Key keyedBy,
        int partitions,
        long seed,
        long startMillis) {
    static final int WHOLE = 10_000;
    private static final long MOST_CUSTOMER_HOURS = 10_000_000;
    /** Between the last event and the first marker, and between the two markers, beside the lateness. */
    private static final Duration MARKER_GAP = Duration.ofHours(3);

    Workload {
        if (span.plus(lateness.multipliedBy(3)).plus(MARKER_GAP.multipliedBy(2)).compareTo(maxLateness) > 0) {
            throw new UserError(
                    "in that time ids would be forgotten, and the figures are of ids that are kept",
                    "choose --hours, three times --lateness and six hours to be less than --max-lateness together");
        }
        if (customers * span.plus(lateness).toHours() > MOST_CUSTOMER_HOURS) {
            throw new UserError(
                    "the truth about so many customers and hours does not fit into memory",
                    "choose --customers times --hours to be at most " + MOST_CUSTOMER_HOURS);
        }
    }

    /** What decides on an event's partition. */
    enum Key {
        CUSTOMER,
        ID
    }

    /** How many different ids there are. */
    long ids() {
        return records - repeatsBefore(records);
    }

    /** How many of the first records are repeats; they are spread evenly. */
    long repeatsBefore(long record) {
        return record * duplicatesPerTenThousand / WHOLE;
    }

    boolean isRepeat(long record) {
        return repeatsBefore(record + 1) > repeatsBefore(record);
    }

    /** Simulated time at which a record is stored, ms since the epoch. */
    long appendMillis(long record) {
        return startMillis + (long) ((double) record / records * span.toMillis());
    }

    /** When the event with that number is stored for the first time, ms since the epoch; right but for one record. */
    long firstAppendMillis(long number) {
        return appendMillis(number * WHOLE / (WHOLE - duplicatesPerTenThousand));
    }

    /** Closes every hour of the events. */
    long firstMarkerMillis() {
        return startMillis + span.plus(lateness).plus(MARKER_GAP).toMillis();
    }

    /** Closes the hour of the first marker. */
    long secondMarkerMillis() {
        return firstMarkerMillis() + lateness.plus(MARKER_GAP).toMillis();
    }

    long recordsWithMarkers() {
        return records + 2L * partitions;
    }
}
