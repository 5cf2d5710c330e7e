package io.tallymark.usage;

import java.util.List;

/**
 * An accepted usage event, reduced to what the meters need.
 *
 * @param source CloudEvents {@code source}; with {@code id} it is the event's identity
 * @param id CloudEvents {@code id}
 * @param customerId CloudEvents {@code subject}
 * @param timeMillis event time, ms since the epoch: chooses the hour
 * @param appendTimeMillis time at which Kafka stored the record, ms since the epoch: decides acceptance and drives watermarks
 * @param origin topic, partition and offset of the record
 * @param measurements what the event adds, at most one entry a meter; never empty
 */
public record UsageEvent(
        String source,
        String id,
        String customerId,
        long timeMillis,
        long appendTimeMillis,
        Origin origin,
        List<Measurement> measurements) {}
