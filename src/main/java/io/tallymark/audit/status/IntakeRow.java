package io.tallymark.audit.status;

import java.time.Instant;

/**
 * A row of the balance sheet.
 *
 * @param appendHour first instant of its hour of append time
 * @param firstOffset smallest offset read
 * @param nextOffset one more than the largest offset read
 */
public record IntakeRow(
        String topic, int partition, Instant appendHour, long firstOffset, long nextOffset, Outcomes outcomes) {
    OffsetRange range() {
        return new OffsetRange(topic, partition, firstOffset, nextOffset);
    }

    String place() {
        return topic + " partition " + partition + ", append hour " + appendHour;
    }
}
