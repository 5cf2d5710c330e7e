package io.tallymark.audit.status;

/**
 * The sums of one partition.
 *
 * @param firstOffset smallest offset read
 * @param nextOffset one more than the largest offset read
 * @param consumedOffsets offsets that the rows describe, those that two of them describe counted twice
 * @param readTwice offsets that two rows describe: a job without state began in the middle of an hour
 * @param outcomes sums over the rows, without those that lie within another one
 */
record PartitionSheet(
        String topic,
        int partition,
        long firstOffset,
        long nextOffset,
        long consumedOffsets,
        long readTwice,
        Outcomes outcomes) {}
