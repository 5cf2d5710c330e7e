package io.tallymark.audit.status;

/**
 * One partition of the report.
 *
 * @param firstOffset smallest offset read; equal to {@code nextOffset} when nothing was read
 * @param nextOffset one more than the largest offset read
 * @param lag committed offsets that are unread; -1 when the topic is not the configured one
 * @param readTwice see {@link PartitionSheet}
 */
public record PartitionStatus(
        String topic, int partition, long firstOffset, long nextOffset, long lag, long readTwice, Outcomes outcomes) {
    static final long UNKNOWN_LAG = -1;
}
